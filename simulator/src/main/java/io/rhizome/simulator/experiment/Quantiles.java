// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Of a sample that is there as a whole, by the nearest rank; of an empty one, 0. */
final class Quantiles {
  private Quantiles() {}

  static double median(List<Double> sample) {
    return at(sample, 0.5);
  }

  static double p95(List<Double> sample) {
    return at(sample, 0.95);
  }

  static double worst(List<Double> sample) {
    return at(sample, 1);
  }

  private static double at(List<Double> sample, double share) {
    if (sample.isEmpty()) {
      return 0;
    }
    List<Double> sorted = new ArrayList<>(sample);
    Collections.sort(sorted);
    int rank = (int) StrictMath.ceil(share * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }
}
