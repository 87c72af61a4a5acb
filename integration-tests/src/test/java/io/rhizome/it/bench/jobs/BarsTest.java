// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.it.bench.Figure;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class BarsTest {
  private static final int ITEMS = 5_000;

  private static Map<String, Map<String, Double>> rowsWith(String reading, double value) {
    Map<String, Map<String, Double>> rows = new TreeMap<>();
    for (Row row : Rows.ALL) {
      rows.put(row.name(), Map.of(reading, value));
    }
    return rows;
  }

  private static Figure figure(Map<String, Map<String, Double>> rows, String name) {
    return new Bars(ITEMS, rows)
        .closing().stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void theClosingLineHasTheKeysOfTheTable() {
    assertThat(new Bars(ITEMS, Map.of()).closing())
        .extracting(Figure::name)
        .containsExactly(
            "results",
            "duplicates",
            "lost",
            "reruns",
            "hang_resume_s",
            "partition_dup",
            "items_per_s",
            "submit_p99_ms",
            "interactive_ratio",
            "rss_mb");
  }

  @Test
  void whatAnyRowLosesIsLost() {
    assertThat(figure(rowsWith("lost", 1), "lost").value()).isEqualTo(5);
    assertThat(figure(rowsWith("duplicates", 1), "duplicates").value()).isEqualTo(5);
    assertThat(figure(rowsWith("duplicates", 1), "partition_dup").value()).isEqualTo(1);
  }

  @Test
  void resultsAreCountedAgainstTheItems() {
    Figure results = figure(rowsWith("results", ITEMS), "results");
    assertThat(results.text()).isEqualTo("5000");
    assertThat(results.bar()).isEqualTo("at least 5000");
  }

  @Test
  void theDisksOwnForcedWriteIsNotTheSubmissions() {
    Map<String, Double> rate = Map.of("submit_p99_ms", 55.0, "submit_forced_p99_ms", 7.5);
    Figure submit = figure(Map.of("rate", rate), "submit_p99_ms");
    assertThat(submit.value()).isEqualTo(55);
    assertThat(submit.atMost()).isEqualTo(57.5);
  }

  @Test
  void whatWasNotMeasuredIsNotGood() {
    for (Figure figure : new Bars(ITEMS, Map.of()).closing()) {
      assertThat(figure.value()).as(figure.name()).isNaN();
    }
    Map<String, Map<String, Double>> rows = rowsWith("lost", 0);
    rows.remove("disk");
    assertThat(figure(rows, "lost").value()).isNaN();
  }

  @Test
  void everyRowSaysWhatItDoes() {
    assertThat(new JobsBench(true).method()).hasSizeGreaterThan(2 * Rows.ALL.size());
    assertThat(new JobsBench(false).method()).noneMatch(line -> line.contains("%d"));
  }

  @Test
  void everyRowHasANameOfItsOwn() {
    List<String> names = Rows.ALL.stream().map(Row::name).toList();
    assertThat(names).doesNotHaveDuplicates().hasSize(7);
  }
}
