// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import java.util.Arrays;

/**
 * The quantiles of the last {@value #SIZE} counts. Any thread: its lock is held for moving {@value
 * #SIZE} numbers at most.
 */
final class RecentCounts {
  private static final int SIZE = 128;

  private final int[] ring = new int[SIZE];
  private final int[] sorted = new int[SIZE];
  private int size;
  private int next;

  /** A count; of the earlier ones the oldest is forgotten. */
  synchronized void add(int count) {
    if (size == SIZE) {
      int at = Arrays.binarySearch(sorted, 0, size, ring[next]);
      System.arraycopy(sorted, at + 1, sorted, at, size - at - 1);
      size--;
    }
    ring[next] = count;
    next = (next + 1) % SIZE;
    int found = Arrays.binarySearch(sorted, 0, size, count);
    int at = found < 0 ? -found - 1 : found;
    System.arraycopy(sorted, at, sorted, at + 1, size - at);
    sorted[at] = count;
    size++;
  }

  /** That quantile, 0 to 1; {@link Integer#MAX_VALUE} where there is no count, and for 1. */
  synchronized int quantile(double quantile) {
    if (size == 0 || quantile >= 1) {
      return Integer.MAX_VALUE;
    }
    return sorted[Math.max(0, (int) StrictMath.ceil(quantile * size) - 1)];
  }
}
