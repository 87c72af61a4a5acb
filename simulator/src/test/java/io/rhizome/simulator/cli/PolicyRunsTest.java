// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyRunsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path dir;
  private Path file = Path.of("");

  @BeforeEach
  void write() throws Exception {
    file = dir.resolve("tiny.yaml");
    Files.writeString(
        file,
        """
        kind: routing
        name: tiny
        servers: 6
        workers: 2
        service: 20ms
        slow: {share: 50%, speed: 50%}
        load: 80%
        warmUp: 1s
        requests: 500
        """);
  }

  @Test
  void allPoliciesMeetTheSameRequestsAndAgainTheSame() throws Exception {
    List<JsonNode> lines = json();

    assertThat(lines).as("two policies, three seeds, and a summary of each").hasSize(8);
    for (int seed = 1; seed <= 3; seed++) {
      JsonNode one = lines.get(2 * seed - 2);
      JsonNode other = lines.get(2 * seed - 1);
      assertThat(one.get("seed").asInt()).isEqualTo(seed).isEqualTo(other.get("seed").asInt());
      assertThat(one.get("policy").asText()).isEqualTo("hot_cold");
      assertThat(other.get("policy").asText()).isEqualTo("random");
      assertThat(one.get("requests")).isEqualTo(other.get("requests"));
      assertThat(one.get("hash")).isNotEqualTo(other.get("hash"));
    }
    assertThat(lines.get(0).get("requests")).isNotEqualTo(lines.get(2).get("requests"));
    JsonNode summary = lines.get(7);
    assertThat(summary.get("seeds").asInt()).isEqualTo(3);
    double difference = 0;
    for (int i = 0; i < 6; i += 2) {
      difference += lines.get(i + 1).get("p99_ms").asDouble() / 3;
      difference -= lines.get(i).get("p99_ms").asDouble() / 3;
    }
    assertThat(summary.get("p99_beyond_first_ms").get("mean").asDouble())
        .isCloseTo(difference, within(1e-6))
        .isPositive();
    assertThat(json()).as("the same again").isEqualTo(lines);
  }

  private List<JsonNode> json() throws Exception {
    StringWriter out = new StringWriter();
    int status =
        sim(out, file, "--policy", "hot_cold", "--policy", "random", "--seeds", "1..3", "--json");
    assertThat(status).as(out.toString()).isZero();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void aTableSaysHowFarEachIsBeyondTheFirst() {
    StringWriter out = new StringWriter();

    int status =
        sim(out, file, "--policy", "hot_cold", "--policy", "c3:alpha=0.5", "--seeds", "1..2");

    assertThat(status).isZero();
    assertThat(out.toString().lines().toList())
        .hasSize(4)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).startsWith("tiny: 2 seeds, the same ");
              assertThat(lines.get(1)).contains("p99 beyond hot_cold");
              assertThat(lines.get(3)).startsWith("  c3:alpha=0.5  ").contains(" +- ");
            });
  }

  @Test
  void everyRequestOfARunIsALineAndEveryRunOneToo() throws Exception {
    StringWriter out = new StringWriter();
    String csv = dir.resolve("csv").toString();

    int status = sim(out, file, "--policy", "c3:alpha=0.5,clients=2", "--csv", csv);

    assertThat(status).as(out.toString()).isZero();
    List<String> runs = Files.readAllLines(dir.resolve("csv/tiny.csv"));
    assertThat(runs.get(0)).isEqualTo("policy,seed,requests,failed,mean_ms,p50_ms,p99_ms");
    assertThat(runs.get(1)).startsWith("\"c3:alpha=0.5,clients=2\",1,");
    List<String> requests =
        Files.readAllLines(dir.resolve("csv/tiny-c3_alpha=0.5_clients=2-1.csv"));
    assertThat(requests.get(0)).isEqualTo("request,entry,arrived_ms,work_ms,latency_ms,end");
    String count = runs.get(1).split(",", -1)[3];
    assertThat(requests).hasSize(Integer.parseInt(count) + 1);
    assertThat(requests.get(1)).endsWith(",answered");
  }

  @Test
  void aPolicyThatIsNotThereIsUsageAndSaysWhatThereIs() {
    StringWriter text = new StringWriter();

    assertThat(sim(text, file, "--policy", "hotcold")).isEqualTo(2);
    assertThat(text.toString()).startsWith("rhizome: --policy: there is no policy 'hotcold'");
  }

  @Test
  void gossipHasNoPolicies() {
    StringWriter text = new StringWriter();

    assertThat(sim(text, Path.of("churn"), "--policy", "hot_cold")).isEqualTo(2);
    assertThat(text.toString()).contains("--policy is for scenarios of kind routing, and churn is");
  }

  private static int sim(StringWriter out, Path file, String... options) {
    PrintWriter writer = new PrintWriter(out, true);
    List<String> words = new ArrayList<>(List.of("run", file.toString()));
    words.addAll(List.of(options));
    return new SimTool().run(writer, writer, words.toArray(String[]::new));
  }
}
