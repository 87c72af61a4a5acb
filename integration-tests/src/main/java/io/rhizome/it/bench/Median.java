// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.util.Arrays;

/** The middle of a few figures. */
public final class Median {
  private Median() {}

  /**
   * The middle value, the mean of the middle two where their number is even; {@link
   * IllegalArgumentException} for none.
   */
  public static double of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
