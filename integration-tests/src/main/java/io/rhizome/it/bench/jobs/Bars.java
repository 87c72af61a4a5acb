// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.bench.Figure;
import io.rhizome.it.bench.Figure.Form;
import java.util.List;
import java.util.Map;

/** What the readings of all rows must be. A row that did not run, or end, has none. */
final class Bars {
  private static final double MISSING = Double.NaN;
  private static final double SUBMIT_MILLIS = 50;
  private static final double BACK_SECONDS = 60;

  /** How far two starts of the same node lie apart anyway. */
  private static final double READY_SECONDS = 0.25;

  /** Rows whose results are read, every one. */
  private static final List<String> CHECKED = List.of("kill", "hang", "partition", "sites", "disk");

  private final int items;
  private final Map<String, Map<String, Double>> rows;

  /**
   * Those readings, by row.
   *
   * @param items of a large job
   */
  Bars(int items, Map<String, Map<String, Double>> rows) {
    this.items = items;
    this.rows = rows;
  }

  /** The figures of the closing line, in its order. */
  List<Figure> closing() {
    return List.of(
        results(),
        Figure.none("duplicates", overChecked("duplicates")),
        Figure.none("lost", overChecked("lost")),
        Figure.required("reruns", value("kill", "reruns"), 0.01),
        Figure.required("hang_resume_s", value("hang", "resume_s"), 6),
        Figure.none("partition_dup", value("partition", "duplicates")),
        Figure.requiredAtLeast("items_per_s", value("rate", "items_per_s"), 1_000),
        Figure.required(
            "submit_p99_ms",
            value("rate", "submit_p99_ms"),
            SUBMIT_MILLIS + value("rate", "submit_forced_p99_ms")),
        Figure.required("interactive_ratio", value("rate", "interactive_ratio"), 1.5),
        Figure.required("rss_mb", value("idle", "rss_mb"), 120));
  }

  private Figure results() {
    double results = value("kill", "results");
    Form form = Double.isNaN(results) ? Form.MEASURE : Form.COUNT;
    return new Figure("results", results, null, (double) items, form);
  }

  /** What must hold too, or is worth a line. */
  List<Figure> further() {
    return List.of(
        Figure.required("hang_back_s", value("hang", "back_s"), BACK_SECONDS),
        Figure.requiredAtLeast("majority_done", value("partition", "majority_done"), 1),
        Figure.reported("majority_gap_s", value("partition", "majority_gap_s")),
        Figure.none("minority_in_flight", value("partition", "minority_in_flight")),
        Figure.none("minority_accepted", value("partition", "minority_accepted")),
        Figure.required("partition_back_s", value("partition", "back_s"), BACK_SECONDS),
        Figure.requiredAtLeast("sites_worked", value("sites", "worked"), 1),
        Figure.requiredAtLeast("sites_handed", value("sites", "handed"), 1),
        Figure.reported("sites_gap_s", value("sites", "gap_s")),
        Figure.requiredAtLeast("full_reasoned", value("disk", "full_reasoned"), 1),
        Figure.none("full_accepted_last", value("disk", "full_accepted_last")),
        Figure.required("full_recover_s", value("disk", "full_recover_s"), BACK_SECONDS),
        Figure.requiredAtLeast("read_only_reasoned", value("disk", "read_only_reasoned"), 1),
        Figure.none("read_only_accepted_last", value("disk", "read_only_accepted_last")),
        Figure.required("read_only_recover_s", value("disk", "read_only_recover_s"), BACK_SECONDS),
        Figure.required(
            "submit_required_p99_ms",
            value("rate", "submit_required_p99_ms"),
            SUBMIT_MILLIS + value("rate", "submit_required_forced_p99_ms")),
        Figure.required(
            "interactive_required_ratio", value("rate", "interactive_required_ratio"), 1.5),
        Figure.reported("forced_p99_ms", value("rate", "submit_forced_p99_ms")),
        Figure.reported("half_items_per_s", value("rate", "half_items_per_s")),
        Figure.reported("interactive_idle_p99_ms", value("rate", "idle_p99_ms")),
        Figure.reported("interactive_busy_p99_ms", value("rate", "busy_p99_ms")),
        Figure.required("ready_delay_s", value("idle", "ready_delay_s"), READY_SECONDS),
        Figure.required("store_s", value("idle", "store_s"), 5));
  }

  private double overChecked(String reading) {
    return CHECKED.stream().mapToDouble(row -> value(row, reading)).sum();
  }

  private double value(String row, String reading) {
    return rows.getOrDefault(row, Map.of()).getOrDefault(reading, MISSING);
  }
}
