// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FiguresTest {
  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
    assertThat(Median.of(5, 1, 3)).isEqualTo(3);
    assertThat(Median.of(4, 1, 3, 2)).isEqualTo(2.5);
    assertThat(Median.of(7)).isEqualTo(7);
    assertThatThrownBy(Median::of).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void quantilesAreNearestRanksOfAllParts() {
    Samples odd = new Samples();
    Samples even = new Samples();
    for (int i = 5000; i >= 1; i--) {
      (i % 2 == 0 ? even : odd).add(i);
    }
    Samples all = Samples.merged(List.of(odd, even));
    assertThat(all.count()).isEqualTo(5000);
    assertThat(all.quantile(0.5)).isEqualTo(2500);
    assertThat(all.quantile(0.99)).isEqualTo(4950);
    assertThat(all.quantile(1)).isEqualTo(5000);
    assertThat(all.quantile(1e-9)).isEqualTo(1);
    assertThatThrownBy(() -> Samples.merged(List.of()).quantile(0.5))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void readsCpuTimeBehindANameWithBlanksAndBrackets() {
    String stat = "42 (a ) b) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 1 2 3";
    assertThat(ProcessCounters.parseCpuSeconds(stat)).isEqualTo(3.0);
  }

  @Test
  void readsTheCountersOfThisProcess() throws IOException {
    long pid = ProcessHandle.current().pid();
    assertThat(ProcessCounters.cpuSeconds(pid)).isPositive();
    assertThat(ProcessCounters.residentMb(pid)).isBetween(10.0, 100_000.0);
    assertThat(ProcessCounters.parseResidentMb(List.of("Name: x", "VmRSS:\t  2048 kB")))
        .isEqualTo(2.0);
  }

  @Test
  void theClosingLineHasTheFiguresInOrder() {
    assertThat(result(2.0).closingLine()).isEqualTo("start ready_s=2.000 rss_mb=271.3 more=0.500");
  }

  @Test
  void aFigureBeyondItsBarDoesNotHold() {
    assertThat(result(2.0).holds()).isTrue();
    assertThat(result(2.5).holds()).isTrue();
    assertThat(result(2.6).holds()).isFalse();
    assertThat(result(Double.NaN).holds()).isFalse();
    assertThat(Figure.requiredAtLeast("ratio", 0.4, 0.4).holds()).isTrue();
    assertThat(Figure.requiredAtLeast("ratio", 0.39, 0.4).holds()).isFalse();
    assertThat(Figure.requiredAtLeast("ratio", Double.NaN, 0.4).holds()).isFalse();
    assertThat(Figure.requiredAtLeast("ratio", 0.39, 0.4).bar()).isEqualTo("at least 0.400");
  }

  @Test
  void countsAndTruthsAreWrittenAsSuch() {
    Figure lost = Figure.none("lost", 2);
    assertThat(lost.text()).isEqualTo("2");
    assertThat(lost.holds()).isFalse();
    assertThat(lost.bar()).isEqualTo("at most 0");
    assertThat(Figure.none("lost", 0).holds()).isTrue();
    assertThat(Figure.counted("acked", 12_000).text()).isEqualTo("12000");
    Figure truth = Figure.requiredTrue("linearizable", true);
    assertThat(truth.text()).isEqualTo("true");
    assertThat(truth.bar()).isEqualTo("true");
    assertThat(truth.holds()).isTrue();
    assertThat(Figure.requiredTrue("linearizable", false).holds()).isFalse();
  }

  @Test
  void writesFiguresWithTheirBarsCommitAndMachine(@TempDir Path directory) throws IOException {
    Machine machine = new Machine("a cpu", 2, 24_000, "17", "Linux");
    Path file = result(2.0).write(directory.resolve("results"), new Commit("abc", true), machine);
    assertThat(file).hasFileName("start.json");
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.path("figures").path("rss_mb").asDouble()).isEqualTo(271.3);
    assertThat(json.path("required").path("ready_s").asDouble()).isEqualTo(2.5);
    assertThat(json.path("required").has("more")).isFalse();
    assertThat(json.path("commit").asText()).isEqualTo("abc");
    assertThat(json.path("dirty").asBoolean()).isTrue();
    assertThat(json.path("seed").asLong()).isEqualTo(7);
    assertThat(json.path("machine").path("cores").asInt()).isEqualTo(2);
    assertThat(json.path("rows").path(0).path("start").asInt()).isEqualTo(1);
  }

  @Test
  void describesThisMachine() throws IOException {
    Machine machine = Machine.read();
    assertThat(machine.cores()).isPositive();
    assertThat(machine.memoryMb()).isPositive();
    assertThat(machine.java()).startsWith(String.valueOf(Runtime.version().feature()));
  }

  private static Result result(double readySeconds) {
    return new Result(
        "start",
        List.of("a line"),
        false,
        7,
        List.of(
            Figure.required("ready_s", readySeconds, 2.5),
            Figure.required("rss_mb", 271.26, 300),
            Figure.reported("more", 0.5)),
        List.of(Map.of("start", 1)));
  }
}
