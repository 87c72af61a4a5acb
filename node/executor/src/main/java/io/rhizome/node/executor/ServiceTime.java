// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

/**
 * How long one request runs: a smoothed mean that is believed less the older it is.
 *
 * <p>It halves for every second without a run. Otherwise a node whose first runs were slow, before
 * the code was compiled, would go on sending its requests to others, never run one again, and so
 * never learn that it is fast. Any thread: its own lock is held for a few assignments.
 */
public final class ServiceTime {
  /** Weight of the newest sample: 1/8. */
  private static final int SMOOTHING_SHIFT = 3;

  private static final long HALVING_NANOS = 1_000_000_000L;

  private long mean;
  private long renewedAtNanos;

  /** A request ran for that long; the first after a pause counts alone. */
  synchronized void add(long nowNanos, long ranNanos) {
    boolean alone = mean == 0 || nowNanos - renewedAtNanos >= HALVING_NANOS;
    mean = alone ? ranNanos : mean + ((ranNanos - mean) >> SMOOTHING_SHIFT);
    renewedAtNanos = nowNanos;
  }

  /** The mean in nanoseconds as believed now; 0 before the first run. */
  synchronized long nanos(long nowNanos) {
    return believed(mean, nowNanos - renewedAtNanos);
  }

  /** What a mean of that age is worth, in nanoseconds: the rule, for means that others report. */
  public static long believed(long meanNanos, long ageNanos) {
    return meanNanos >> Math.min(Long.SIZE - 1, Math.max(0, ageNanos) / HALVING_NANOS);
  }
}
