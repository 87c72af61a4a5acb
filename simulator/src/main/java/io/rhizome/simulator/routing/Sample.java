// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.Arrays;

/** Durations in nanoseconds, all of them. */
final class Sample {
  private long[] nanos = new long[1_024];
  private int size;
  private boolean sorted;
  private double sum;

  void add(long duration) {
    if (size == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * size);
    }
    nanos[size++] = duration;
    sum += duration;
    sorted = false;
  }

  int size() {
    return size;
  }

  /** Mean in nanoseconds; 0 of none. */
  double mean() {
    return size == 0 ? 0 : sum / size;
  }

  /** By the nearest rank, in nanoseconds; 0 of none. */
  long quantile(double share) {
    if (size == 0) {
      return 0;
    }
    if (!sorted) {
      Arrays.sort(nanos, 0, size);
      sorted = true;
    }
    return nanos[Math.max(0, (int) StrictMath.ceil(share * size) - 1)];
  }
}
