// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

import java.util.Arrays;

/**
 * How long answered attempts of one model took lately, as quantiles within 1/8.
 *
 * <p>Counts by logarithm, three bits below the leading one, in two windows of {@value
 * #WINDOW_NANOS} ns: the present one and the one before, so that what was longer ago is forgotten.
 *
 * <p>Any thread: its lock is held for one walk over {@value #BUCKETS} counts at most.
 */
public final class LatencyDistribution {
  /** Below this many answers there is no quantile to speak of. */
  public static final int MIN_SAMPLES = 20;

  private static final long WINDOW_NANOS = 10_000_000_000L;
  private static final int SUB_BITS = 3;
  private static final int SUBS = 1 << SUB_BITS;
  private static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUBS;

  private int[] current = new int[BUCKETS];
  private int[] previous = new int[BUCKETS];
  private int currentCount;
  private int previousCount;
  private long windowNanos;
  private boolean open;

  /** An attempt was answered after that long. */
  public synchronized void add(long nowNanos, long nanos) {
    roll(nowNanos);
    current[bucket(Math.max(0, nanos))]++;
    currentCount++;
  }

  /** That quantile in nanoseconds, 0 to 1; -1 where there were too few answers lately. */
  public synchronized long quantileNanos(long nowNanos, double quantile) {
    roll(nowNanos);
    int count = currentCount + previousCount;
    if (count < MIN_SAMPLES) {
      return -1;
    }
    long rank = (long) StrictMath.ceil(quantile * count);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += current[i] + previous[i];
      if (seen >= rank && seen > 0) {
        return upperBound(i);
      }
    }
    throw new IllegalStateException("counts do not add up");
  }

  private void roll(long nowNanos) {
    if (!open) {
      open = true;
      windowNanos = nowNanos;
    }
    while (nowNanos - windowNanos >= WINDOW_NANOS) {
      boolean bothGone = nowNanos - windowNanos >= 2 * WINDOW_NANOS;
      int[] oldest = previous;
      previous = current;
      previousCount = currentCount;
      current = oldest;
      Arrays.fill(current, 0);
      currentCount = 0;
      if (bothGone) {
        Arrays.fill(previous, 0);
        previousCount = 0;
        windowNanos = nowNanos;
      } else {
        windowNanos += WINDOW_NANOS;
      }
    }
  }

  private static int bucket(long nanos) {
    if (nanos < SUBS) {
      return (int) nanos;
    }
    int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
    int shift = exponent - SUB_BITS;
    int sub = (int) (nanos >>> shift) & (SUBS - 1);
    return (shift + 1) * SUBS + sub;
  }

  private static long upperBound(int bucket) {
    if (bucket < SUBS) {
      return bucket;
    }
    int shift = bucket / SUBS - 1;
    long sub = bucket % SUBS;
    return ((SUBS + sub + 1) << shift) - 1;
  }
}
