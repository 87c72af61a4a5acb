// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

/**
 * How long one request runs: a smoothed mean, believed half as much after each second in which
 * nothing ran. Otherwise a node whose first runs were slow, before the code was compiled, or that
 * hung for a while, would seem slow to all, never get a request, and so never learn that it is
 * fast. Not thread-safe.
 */
final class RunTimes {
  private static final double SMOOTHING = 0.1;
  private static final long HALVING_NANOS = 1_000_000_000L;

  private double mean;
  private boolean idle = true;
  private boolean alone = true;
  private long idleSinceNanos;

  /** Something begins to run where nothing did. */
  void onBusy(long nowNanos) {
    if (idle) {
      alone |= halvings(nowNanos) > 0;
      mean = nanos(nowNanos);
      idle = false;
    }
  }

  /** Nothing runs any more. */
  void onIdle(long nowNanos) {
    idle = true;
    idleSinceNanos = nowNanos;
  }

  /** A request ran for that long; the first after a pause counts alone. */
  void add(long ranNanos) {
    mean = alone ? ranNanos : mean + SMOOTHING * (ranNanos - mean);
    alone = false;
  }

  /** The mean in nanoseconds as believed now; 0 before the first run. */
  double nanos(long nowNanos) {
    return idle ? mean / (1L << halvings(nowNanos)) : mean;
  }

  private int halvings(long nowNanos) {
    long seconds = Math.max(0, nowNanos - idleSinceNanos) / HALVING_NANOS;
    return (int) Math.min(Long.SIZE - 2, seconds);
  }
}
