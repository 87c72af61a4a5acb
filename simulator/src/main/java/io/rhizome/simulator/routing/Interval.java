// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.List;

/**
 * A mean over seeds with its 95% confidence interval (Student).
 *
 * @param mean of the values
 * @param half the interval's half; not a number where there is one value only
 */
public record Interval(double mean, double half) {
  /** Two-sided 95% quantiles for 1 to 30 degrees of freedom; that of 30 stands for more too. */
  private static final double[] STUDENT = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  /** Of these values. */
  public static Interval of(List<Double> values) {
    int count = values.size();
    double mean = values.stream().mapToDouble(value -> value).average().orElse(Double.NaN);
    if (count < 2) {
      return new Interval(mean, Double.NaN);
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double student = STUDENT[Math.min(count - 1, STUDENT.length) - 1];
    return new Interval(mean, student * StrictMath.sqrt(squares / (count - 1) / count));
  }

  /** Whether all of it is below all of that one. */
  boolean isBelow(Interval other) {
    return mean + half < other.mean - other.half;
  }
}
