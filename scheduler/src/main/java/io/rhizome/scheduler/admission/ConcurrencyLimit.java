// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

/**
 * How many requests are given to the executor at once: as many as it can run, and hardly more, so
 * that what waits waits where it can be ordered, counted and refused.
 *
 * <p>The gradient form of Netflix's concurrency-limits and Envoy's adaptive concurrency, with a
 * better baseline than the least latency seen, which is no measure where run times vary: executors
 * say when a request began to run. In each window of {@value #WINDOW_NANOS} ns at least and {@value
 * #MIN_SAMPLES} requests that were given to the executor since the limit last changed,
 *
 * <pre>
 * ran      = sum of run times
 * waited   = sum of times from hand-over to run, {@value #FORGIVEN_NANOS} ns of each forgiven
 * gradient = (1 + {@value #TOLERANCE}) * ran / (ran + waited)
 * limit    = limit * gradient           where that is below 1: they wait in the executor
 * limit    = limit + max(1, limit / 10) where hardly any waited and the limit was reached
 * </pre>
 *
 * <p>What is forgiven is what threads take to wake: else a model that runs for microseconds would
 * seem to wait for ever. A step up that is undone in the next window is tried again only after
 * twice as many windows as the last time, {@value #MAX_PAUSE} at most. Never below 1. Not
 * thread-safe.
 */
final class ConcurrencyLimit {
  private static final long WINDOW_NANOS = 100_000_000L;
  private static final int MIN_SAMPLES = 10;
  private static final long FORGIVEN_NANOS = 500_000L;
  private static final double TOLERANCE = 0.1;
  private static final double HARDLY = 0.02;
  private static final double STEEPEST = 0.5;
  private static final int STEP_SHARE = 10;
  private static final int MAX_PAUSE = 64;

  private final int max;
  private double limit;
  private long changedNanos;
  private boolean changed;
  private long windowNanos;
  private int samples;
  private double ran;
  private double took;
  private boolean reached;
  private boolean steppedUp;
  private double beforeStep;
  private int pause = 1;
  private int windowsToWait;

  /** A limit that begins at {@code initial} and stays within 1 and {@code max}. */
  ConcurrencyLimit(int initial, int max) {
    this.max = Math.max(1, max);
    this.limit = Math.max(1, Math.min(initial, this.max));
  }

  /** As of now, at least 1. */
  int now() {
    return (int) limit;
  }

  /** All places were taken when a request came or ended. */
  void onReached() {
    reached = true;
  }

  /**
   * A request ended.
   *
   * @param ranNanos from when it began to run
   * @param tookNanos from when it was given to the executor
   */
  void onEnd(long nowNanos, long ranNanos, long tookNanos) {
    if (changed && nowNanos - tookNanos - changedNanos < 0) {
      // It met the queue that another limit made: to count it would be to correct twice.
      return;
    }
    if (samples == 0) {
      windowNanos = nowNanos;
    }
    samples++;
    ran += Math.max(0, ranNanos);
    took += Math.max(0, Math.max(ranNanos, tookNanos));
    if (nowNanos - windowNanos >= WINDOW_NANOS && samples >= MIN_SAMPLES) {
      double before = limit;
      adjust();
      if (limit != before) {
        changed = true;
        changedNanos = nowNanos;
      }
      samples = 0;
      ran = 0;
      took = 0;
      reached = false;
    }
  }

  private void adjust() {
    double waited = Math.max(0, took - ran - (double) samples * FORGIVEN_NANOS);
    double share = waited <= 0 ? 0 : waited / (ran + waited);
    double gradient = (1 + TOLERANCE) * (1 - share);
    double before = limit;
    if (steppedUp && share >= HARDLY) {
      limit = beforeStep;
      pause = Math.min(MAX_PAUSE, 2 * pause);
      windowsToWait = pause;
    } else if (gradient < 1) {
      limit = Math.max(1, limit * Math.max(STEEPEST, gradient));
      pause = 1;
      windowsToWait = 1;
    } else if (reached && share < HARDLY && --windowsToWait <= 0) {
      limit = Math.min(max, limit + (steppedUp ? Math.max(1, limit / STEP_SHARE) : 1));
      pause = steppedUp ? 1 : pause;
    }
    steppedUp = limit > before;
    beforeStep = before;
  }
}
