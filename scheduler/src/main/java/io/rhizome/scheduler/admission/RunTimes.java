// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

/**
 * How long one request runs: a smoothed mean, believed half as much after each second in which
 * nothing ran. Otherwise a node whose first runs were slow, before the code was compiled, or that
 * hung for a while, would seem slow to all, never get a request, and so never learn that it is
 * fast.
 *
 * <p>While idle it says less and less. Once it runs again it says what it knew, and learns the
 * faster the longer it was idle: were one run after a pause to count alone, each short one would
 * make a slow node seem fast, and draw everybody's requests there. Not thread-safe.
 */
final class RunTimes {
  /** The mean is that of about so many runs. */
  private static final int MAX_RUNS = 20;

  private static final long HALVING_NANOS = 1_000_000_000L;

  private double mean;
  private double runs;
  private boolean idle = true;
  private long idleSinceNanos;

  /** Something begins to run where nothing did. */
  void onBusy(long nowNanos) {
    if (idle) {
      runs /= 1L << halvings(nowNanos);
      idle = false;
    }
  }

  /** Nothing runs any more. */
  void onIdle(long nowNanos) {
    idle = true;
    idleSinceNanos = nowNanos;
  }

  /** A request ran for that long. */
  void add(long ranNanos) {
    runs = Math.min(MAX_RUNS, runs + 1);
    mean += (ranNanos - mean) / runs;
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
