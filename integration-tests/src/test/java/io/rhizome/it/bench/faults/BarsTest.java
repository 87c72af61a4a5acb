// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.it.bench.Figure;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class BarsTest {
  private static Map<String, Map<String, Double>> rowsWith(String reading, double value) {
    Map<String, Map<String, Double>> rows = new TreeMap<>();
    for (Row row : Rows.ALL) {
      Map<String, Double> readings = new TreeMap<>();
      for (String name : List.of("failed", "rejected", "endless", "slowest_ms")) {
        readings.put(name, 0.0);
      }
      readings.put(reading, value);
      rows.put(row.name(), readings);
    }
    return rows;
  }

  private static Figure figure(Map<String, Map<String, Double>> rows, String name) {
    return new Bars(rows)
        .closing().stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void theClosingLineHasTheKeysOfTheTable() {
    assertThat(new Bars(Map.of()).closing())
        .extracting(Figure::name)
        .containsExactly(
            "failed",
            "gap_kill_ms",
            "gap_hang_ms",
            "gap_silent_ms",
            "gap_slow_ms",
            "gap_relay_ms",
            "gap_roll_ms",
            "lossy_share",
            "ejected_healthy",
            "endless",
            "slowest_ms",
            "leaked",
            "goodput",
            "p99_ratio");
  }

  @Test
  void aFailureOfAnyRowThatMayHaveNoneCounts() {
    assertThat(figure(rowsWith("failed", 1), "failed").value()).isEqualTo(9);
    assertThat(figure(rowsWith("rejected", 1), "failed").value())
        .as("not the crowd's")
        .isEqualTo(8);
    assertThat(figure(rowsWith("endless", 1), "endless").value()).isEqualTo(11);
  }

  @Test
  void whatWasNotMeasuredIsNotGood() {
    Map<String, Map<String, Double>> rows = rowsWith("failed", 0);
    rows.remove("hang");
    assertThat(figure(rows, "failed").value()).isNaN();
    assertThat(figure(rows, "slowest_ms").value()).isNaN();
    assertThat(figure(rows, "gap_hang_ms").value()).isNaN();
  }
}
