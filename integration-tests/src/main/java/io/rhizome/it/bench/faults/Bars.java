// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.bench.Figure;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/** What the readings of all rows must be. A row that did not run, or end, has none. */
final class Bars {
  private static final double MISSING = Double.NaN;

  /** Rows in which no client may see an error of any kind, and none may wait for long. */
  private static final List<String> OUTAGES =
      List.of("kill", "hang", "silent", "slow", "one_way", "relay", "roll");

  private final Map<String, Map<String, Double>> rows;

  /** Those readings, by row. */
  Bars(Map<String, Map<String, Double>> rows) {
    this.rows = rows;
  }

  /** The figures of the closing line, in its order. */
  List<Figure> closing() {
    return List.of(
        Figure.none("failed", failed()),
        Figure.required("gap_kill_ms", value("kill", "gap_ms"), 250),
        Figure.required("gap_hang_ms", value("hang", "gap_ms"), 500),
        Figure.required("gap_silent_ms", value("silent", "gap_ms"), 500),
        Figure.required("gap_slow_ms", value("slow", "gap_ms"), 500),
        Figure.required("gap_relay_ms", value("relay", "gap_ms"), 500),
        Figure.required("gap_roll_ms", value("roll", "gap_ms"), 250),
        Figure.required("lossy_share", value("lossy", "share"), 0.05),
        Figure.none(
            "ejected_healthy", value("crowd", "ejections") + value("overload", "ejections")),
        Figure.none("endless", endless()),
        Figure.required("slowest_ms", over(OUTAGES, "slowest_ms", Math::max), 1_000),
        Figure.none("leaked", value("cancel", "leaked")),
        Figure.requiredAtLeast("goodput", value("overload", "goodput"), 0.95),
        Figure.required("p99_ratio", value("overload", "p99_ratio"), 1.5));
  }

  /** What must hold too, or is worth a line. */
  List<Figure> further() {
    return List.of(
        Figure.required("gap_one_way_ms", value("one_way", "gap_ms"), 500),
        Figure.required("lossy_p99_ratio", value("lossy", "p99_ratio"), 2),
        Figure.required("reject_p99_ms", value("overload", "reject_p99_ms"), 20),
        Figure.reported("reject_max_ms", value("overload", "reject_max_ms")),
        Figure.reported("interactive_p99_ms", value("overload", "interactive_p99_ms")),
        Figure.reported("interactive_shed", value("overload", "interactive_shed")),
        Figure.reported("batch_p99_ms", value("overload", "batch_p99_ms")),
        Figure.reported("batch_shed", value("overload", "batch_shed")),
        Figure.reported("crowd_cold_failed", value("crowd", "cold_failed")),
        Figure.reported("crowd_cold_ejections", value("crowd", "cold_ejections")),
        Figure.reported("soak_requests", value("soak", "requests")),
        Figure.reported("soak_failed", value("soak", "failed")),
        Figure.reported("cancelled", value("cancel", "cancelled")));
  }

  /** Of the crowd's requests, those that admission rejected with a hint have not failed. */
  private double failed() {
    return over(OUTAGES, "failed", Double::sum)
        + over(OUTAGES, "rejected", Double::sum)
        + value("lossy", "failed")
        + value("lossy", "rejected")
        + value("crowd", "failed");
  }

  private double endless() {
    List<String> all =
        Rows.ALL.stream().map(Row::name).filter(name -> !name.equals("cancel")).toList();
    return over(all, "endless", Double::sum);
  }

  private double over(List<String> names, String reading, DoubleBinaryOperator join) {
    return names.stream().mapToDouble(name -> value(name, reading)).reduce(join).orElse(MISSING);
  }

  private double value(String row, String reading) {
    return rows.getOrDefault(row, Map.of()).getOrDefault(reading, MISSING);
  }
}
