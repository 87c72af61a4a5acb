// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import io.rhizome.it.bench.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the readings of all experiments must be. */
final class RoutingBars {
  /** A reading of an experiment that did not end, or is not there yet. */
  private static final double MISSING = Double.NaN;

  private RoutingBars() {}

  /** The figures of the closing line, in its order. */
  static List<Figure> closing(Map<String, Double> readings) {
    double omniscient =
        Math.max(value(readings, "omniscient_ratio_70"), value(readings, "omniscient_ratio_90"));
    return List.of(
        Figure.required("stale_err", value(readings, "stale_err"), 0.05),
        Figure.required("omniscient_ratio", omniscient, 1.25),
        Figure.required("best_rival_ratio", value(readings, "best_rival_ratio_90"), 1.03),
        Figure.required("oracle_ratio", value(readings, "oracle_ratio"), 1.25),
        Figure.required("live_err", value(readings, "live_err"), 0.15),
        none("forbidden", readings),
        none("loops", readings),
        none("late", readings));
  }

  /** What must hold too, or is worth a line. */
  static List<Figure> further(Map<String, Double> readings) {
    List<Figure> figures = new ArrayList<>();
    for (String load : List.of("70", "90")) {
      for (String name : List.of("omniscient", "hot_cold", "prequal", "c3")) {
        figures.add(reported("p99_ms_" + name + "_" + load, readings));
        figures.add(reported("p99_half_ms_" + name + "_" + load, readings));
      }
      String ratio = "omniscient_ratio_" + load;
      figures.add(Figure.required(ratio, value(readings, ratio), 1.25));
      String rival = "best_rival_ratio_" + load;
      figures.add(Figure.required(rival, value(readings, rival), 1.03));
      figures.add(none("rivals_not_apart_" + load, readings));
    }
    for (String age : List.of("t0", "t10", "t20", "t40")) {
      figures.add(reported("least_" + age + "_events", readings));
      figures.add(reported("least_" + age + "_chain", readings));
    }
    figures.add(none("ramp_failed_hot_cold", readings));
    figures.add(none("ramp_inversions", readings));
    figures.add(reported("oracle_ratio_half", readings));
    figures.add(none("wild_twice", readings));
    figures.add(reported("wild_answered", readings));
    figures.add(reported("wild_relayed", readings));
    for (String load : List.of("70", "90")) {
      for (String name : List.of("p50", "p99")) {
        figures.add(reported("live_" + name + "_ms_" + load, readings));
        figures.add(reported("sim_" + name + "_ms_" + load, readings));
        figures.add(reported("live_err_" + name + "_" + load, readings));
      }
      figures.add(reported("live_failed_" + load, readings));
    }
    figures.add(reported("live_nodes", readings));
    return figures;
  }

  private static double value(Map<String, Double> readings, String name) {
    return readings.getOrDefault(name, MISSING);
  }

  private static Figure reported(String name, Map<String, Double> readings) {
    return Figure.reported(name, value(readings, name));
  }

  private static Figure none(String name, Map<String, Double> readings) {
    return Figure.none(name, value(readings, name));
  }
}
