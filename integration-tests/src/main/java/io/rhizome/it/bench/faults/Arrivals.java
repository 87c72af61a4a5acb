// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * When requests of several kinds should be sent: each kind a Poisson process of its own, all
 * together in the order of time. Immutable.
 */
final class Arrivals {
  private final long[] nanos;
  private final int[] kinds;

  private Arrivals(long[] nanos, int[] kinds) {
    this.nanos = nanos;
    this.kinds = kinds;
  }

  /**
   * Draws them.
   *
   * @param perSecond the rate of each kind
   * @param lengthNanos no request is sent at or after that
   */
  static Arrivals poisson(RandomGenerator random, long lengthNanos, double... perSecond) {
    double total = Arrays.stream(perSecond).sum();
    long[] nanos = new long[16];
    int[] kinds = new int[16];
    int count = 0;
    double at = gap(random, total);
    while (at < lengthNanos) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
        kinds = Arrays.copyOf(kinds, 2 * count);
      }
      nanos[count] = (long) at;
      kinds[count] = kind(random.nextDouble() * total, perSecond);
      count++;
      at += gap(random, total);
    }
    return new Arrivals(Arrays.copyOf(nanos, count), Arrays.copyOf(kinds, count));
  }

  /** A sum of Poisson processes is one; each of its events is of a kind by the kind's share. */
  private static int kind(double point, double... perSecond) {
    double below = 0;
    for (int i = 0; i < perSecond.length - 1; i++) {
      below += perSecond[i];
      if (point < below) {
        return i;
      }
    }
    return perSecond.length - 1;
  }

  private static double gap(RandomGenerator random, double perSecond) {
    return -Math.log(1 - random.nextDouble()) / perSecond * 1e9;
  }

  int count() {
    return nanos.length;
  }

  /** When request {@code i} should be sent, in nanoseconds from the start. */
  long nanos(int i) {
    return nanos[i];
  }

  /** Of which kind it is, counted from 0. */
  int kind(int i) {
    return kinds[i];
  }
}
