// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

/** The monotonic clock that one host sees: its own zero, and a little fast or slow. */
final class SimClock {
  private static final long MILLION = 1_000_000;

  /** True and local time when it was last set. */
  private long trueZero;

  private long localZero;
  private long driftPpm;

  /**
   * From now on it runs fast by so many parts per million, or slow where negative; it never runs
   * back.
   *
   * @param stepNanos how far it jumps ahead now, 0 or more
   * @throws IllegalArgumentException for a step back, or a drift of a quarter or more
   */
  void set(long nowNanos, long stepNanos, long ppm) {
    if (stepNanos < 0) {
      throw new IllegalArgumentException("a monotonic clock cannot step back: " + stepNanos);
    }
    if (Math.abs(ppm) > MILLION / 4) {
      throw new IllegalArgumentException("drift must be within 250,000 ppm: " + ppm);
    }
    localZero = local(nowNanos) + stepNanos;
    trueZero = nowNanos;
    driftPpm = ppm;
  }

  /** What it shows at that moment. */
  long local(long trueNanos) {
    long since = trueNanos - trueZero;
    return localZero + since + since / MILLION * driftPpm + since % MILLION * driftPpm / MILLION;
  }

  /** The first moment, from that one on, at which it shows that much or more. */
  long moment(long nowNanos, long localNanos) {
    if (localNanos == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long ahead = localNanos - localZero;
    long moment = trueZero + ahead;
    if (driftPpm != 0) {
      long guess = trueZero + (long) (ahead * (1.0 / (1.0 + driftPpm / 1e6)));
      // Floating point is off by some nanoseconds; the last steps are exact.
      while (local(guess) >= localNanos) {
        guess--;
      }
      while (local(guess) < localNanos) {
        guess++;
      }
      moment = guess;
    }
    return Math.max(nowNanos, moment);
  }
}
