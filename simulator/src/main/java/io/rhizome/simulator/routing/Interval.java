// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.List;

/**
 * A mean over seeds with its 95% confidence interval (Student).
 *
 * @param mean of the values
 * @param half the interval's half; not a number where there is one value only
 */
record Interval(double mean, double half) {
  /** Two-sided 95% quantiles for 1 to 10 degrees of freedom, then for 15, 20 and 30. */
  private static final double[] STUDENT = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228
  };

  private static final double MANY = 2.228;

  static Interval of(List<Double> values) {
    int count = values.size();
    double mean = values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
    if (count < 2) {
      return new Interval(mean, Double.NaN);
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double student = count - 1 <= STUDENT.length ? STUDENT[count - 2] : MANY;
    return new Interval(mean, student * StrictMath.sqrt(squares / (count - 1) / count));
  }

  /** Whether all of it is below all of that one. */
  boolean isBelow(Interval other) {
    return mean + half < other.mean - other.half;
  }
}
