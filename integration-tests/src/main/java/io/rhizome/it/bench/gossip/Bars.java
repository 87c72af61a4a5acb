// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.gossip;

import io.rhizome.it.bench.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the readings of all experiments must be. */
final class Bars {
  /** A reading of an experiment that did not end. */
  private static final double MISSING = Double.NaN;

  private Bars() {}

  /** The figures of the closing line, in its order. */
  static List<Figure> closing(Map<String, Double> readings) {
    return List.of(
        Figure.requiredAtLeast("fp_ratio", value(readings, "fp_ratio"), 50),
        Figure.required("detect_ratio", value(readings, "detect_ratio"), 1.1),
        Figure.required("avoid_first_s", value(readings, "avoid_first_s"), 2),
        Figure.required("avoid_all_s", value(readings, "avoid_all_s"), 4),
        Figure.required("dead_all_s", value(readings, "dead_all_s"), 20),
        none("false_deaths", readings),
        Figure.required("bytes_per_s", value(readings, "bytes_per_s"), 8_000),
        Figure.required("heal_s", value(readings, "heal_s"), 15),
        Figure.required("relay_s", value(readings, "relay_s"), 2),
        Figure.required("vivaldi_p50", value(readings, "vivaldi_p50"), 0.11),
        Figure.required("flaps", value(readings, "flaps"), 1),
        Figure.required("join_2000_s", value(readings, "join_s"), 40),
        none("ghosts", readings),
        Figure.requiredAtLeast("speed_1000", value(readings, "speed_1000"), 10));
  }

  /** What must hold too, or is worth a line. */
  static List<Figure> further(Map<String, Double> readings) {
    List<Figure> figures = new ArrayList<>();
    figures.add(Figure.reported("fp_lifeguard", value(readings, "fp_lifeguard")));
    figures.add(Figure.requiredAtLeast("fp_baseline", value(readings, "fp_baseline"), 100));
    for (String name : List.of("avoid_first_p95_s", "avoid_all_p95_s", "dead_all_p95_s")) {
      figures.add(Figure.reported(name, value(readings, name)));
    }
    figures.add(Figure.reported("worst_bytes_per_s", value(readings, "worst_bytes_per_s")));
    figures.add(Figure.requiredAtLeast("seen_share_min", value(readings, "seen_share_min"), 0.99));
    figures.add(Figure.reported("churn_false_deaths", value(readings, "churn_false_deaths")));
    figures.add(Figure.required("refuted_max_s", value(readings, "refuted_max_s"), 10));
    figures.add(none("permanent_deaths", readings));
    figures.add(none("healthy_lost", readings));
    figures.add(none("resurrections", readings));
    figures.add(Figure.required("day_heap_ratio", value(readings, "day_heap_ratio"), 1.05));
    figures.add(Figure.required("day_bytes_ratio", value(readings, "day_bytes_ratio"), 1.05));
    figures.add(
        Figure.required("heal_after_contact_s", value(readings, "heal_after_contact_s"), 5));
    figures.add(Figure.reported("heal_peak_bytes_per_s", value(readings, "heal_peak_bytes_per_s")));
    figures.add(none("link_deaths", readings));
    figures.add(none("stale_deaths", readings));
    figures.add(none("restart_ghosts", readings));
    figures.add(Figure.reported("events_per_s", value(readings, "events_per_s")));
    figures.add(Figure.reported("heap_bytes_per_node", value(readings, "heap_bytes_per_node")));
    return figures;
  }

  private static double value(Map<String, Double> readings, String name) {
    return readings.getOrDefault(name, MISSING);
  }

  private static Figure none(String name, Map<String, Double> readings) {
    return Figure.none(name, value(readings, name));
  }
}
