// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rhizome.simulator.routing.Antagonist;
import io.rhizome.simulator.routing.Policy;
import io.rhizome.simulator.routing.Setup;
import io.rhizome.simulator.routing.Tally;
import io.rhizome.simulator.routing.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingScenarioTest {
  private static final Path SHIPPED = Path.of("src", "main", "resources", "scenarios");
  private static final String SMALLEST =
      "kind: routing\nservers: 5\nworkers: 2\nservice: 100ms\nload: 90%\nrequests: 900\n";

  @Test
  void whatIsLeftOutHasDefaults() throws Exception {
    RoutingScenario scenario = read(SMALLEST);
    Trial trial = scenario.trial();

    assertThat(scenario.name()).isEqualTo("routing");
    assertThat(trial.perSecond()).isCloseTo(90, within(1e-9));
    assertThat(trial.countedNanos()).isEqualTo(10_000_000_000L);
    assertThat(trial.warmUpNanos()).isEqualTo(10_000_000_000L);
    assertThat(trial.deadlineNanos()).isEqualTo(10_000_000_000L);
    assertThat(trial.repeatable()).isFalse();
    assertThat(trial.entryWeights()).hasSize(5);
    Setup setup = trial.setup();
    assertThat(setup.nodes()).containsOnly(new Setup.Spec(2, 1, Antagonist.NONE));
    assertThat(setup.rtt().nanos(0, 1)).isEqualTo(500_000);
    assertThat(setup.rtt().nanos(1, 1)).isZero();
    assertThat(setup.admission()).isTrue();
  }

  @Test
  void loadIsOfWhatSlowAndDisturbedServersCanDo() throws Exception {
    String yaml =
        SMALLEST.replace("servers: 5", "servers: 4")
            + "slow: {share: 50%, speed: 25%}\nantagonists: {most: 40%, lasts: 3s}\n";
    Trial trial = read(yaml).trial();

    assertThat(trial.setup().nodes())
        .extracting(Setup.Spec::speed)
        .containsExactly(1.0, 0.25, 1.0, 0.25);
    assertThat(trial.setup().nodes().get(0).disturbance())
        .isEqualTo(new Antagonist(0, 0.4, 3_000_000_000L));
    assertThat(trial.perSecond()).isCloseTo(0.9 * 2.5 * 2 * 0.8 * 10, within(1e-9));
  }

  @Test
  void coldServersStandAmongTheOthers() throws Exception {
    Setup setup = read(SMALLEST + "cold: {share: 40%, loading: 3s}\n").trial().setup();

    assertThat(setup.nodes())
        .extracting(Setup.Spec::cold)
        .containsExactly(false, false, true, false, true);
    assertThat(setup.loadNanos()).isEqualTo(3_000_000_000L);
  }

  @Test
  void ofTheShippedServersThatAreAllColdOneLoadsTheModelAndNobodyIsTurnedAway() throws Exception {
    Trial trial = read(Files.readString(SHIPPED.resolve("cold-start.yaml"))).trial();

    Tally tally = trial.run(1, Policy.of("hot_cold"));

    assertThat(tally.loads()).isEqualTo(1);
    assertThat(tally.requests()).isGreaterThan(400);
    assertThat(tally.failed()).isZero();
    assertThat(tally.quantileNanos(0)).isLessThan(1e9);
    assertThat(tally.quantileNanos(0.99)).isBetween(2e9, 5e9);
  }

  @Test
  void regionsHaveServersAndLoadOfTheirOwnAndStandApart() throws Exception {
    Trial trial =
        read("""
            kind: routing
            regions:
              - {name: eu, servers: 1, load: 150%}
              - {name: us, servers: 2, load: 0.4}
            apart: 120ms
            workers: 4
            service: 100ms
            requests: 1000
            """)
            .trial();

    Setup setup = trial.setup();
    assertThat(setup.nodes()).extracting(Setup.Spec::region).containsExactly("eu", "us", "us");
    assertThat(setup.rtt().nanos(0, 1)).isEqualTo(120_000_000);
    assertThat(setup.rtt().nanos(1, 2)).isEqualTo(500_000);
    assertThat(trial.entryWeights()).containsExactly(60.0, 16.0, 16.0);
    assertThat(trial.perSecond()).isCloseTo(92, within(1e-9));
  }

  @Test
  void theScenarioOfTheDocumentationIsOne() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "routing.md"));
    int start = page.indexOf("```yaml\n") + "```yaml\n".length();
    RoutingScenario scenario = read(page.substring(start, page.indexOf("```", start)));

    assertThat(scenario.name()).isEqualTo("mine");
    assertThat(scenario.regions()).hasSize(2);
    assertThat(scenario.trial().setup().nodes()).hasSize(20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "workers: 2|f.yaml:1: servers must be 1 to 5000, not 0; write for example servers: 100",
        "workers: 2; servers: 6000; load: 1; service: 1s; requests: 1|f.yaml:3: servers must be 1",
        "servers: 3; load: 90%; workers: 2; requests: 1|f.yaml:1: service must be above 0 and at most"
            + " 10 m; write for example service: 100ms",
        "servers: 3; workers: 2; service: 1s; requests: 1|f.yaml:1: load is missing; write for"
            + " example load: 90%",
        "servers: 3; load: -1%; workers: 2|f.yaml:3: load: expected more than 0%",
        "servers: 3; load: much; workers: 2|f.yaml:3: load: 'much' is no part of anything; write",
        "servers: 3; load: 1; workers: 0; service: 1s; requests: 1|f.yaml:4: workers must be 1 to"
            + " 1000, not 0",
        "servers: 3; load: 1; workers: 1; service: 1s|f.yaml:1: requests must be 1 to 10000000, not",
        "servers: 3; load: 1; workers: 1; service: 1s; requests: 1; apart: 1s|f.yaml:7: apart is for"
            + " regions",
        "servers: 3; slow: {share: 50%, speed: 0}|f.yaml:3: slow: speed must be above 0; write",
        "servers: 3; antagonists: {most: 100%, lasts: 1s}|f.yaml:3: antagonists: most must be from",
        "servers: 3; antagonists: {most: 10%}|f.yaml:3: antagonists: lasts must be above 0; write",
        "servers: 3; cold: {loading: 1s}|f.yaml:3: cold: share is missing; write for example share",
        "servers: 3; cold: {share: 50%}|f.yaml:3: cold: loading must be above 0 and at most 60 m;",
        "servers: 3; rtt: 5 ms|f.yaml:3: rtt: '5 ms' is no duration; write a number and us, ms",
        "servers: 3; load: 1; workers: 1; service: 1s; requests: 1; speed: 2|f.yaml:7: unknown field"
            + " 'speed'; known here are",
        "servers: 9; load: 1; workers: 9; service: 1ms; warmUp: 1h; requests: 9|f.yaml:6: warmUp is",
        "regions: [{name: eu, servers: 1}]|f.yaml:2: regions[0]: load is missing; write for",
        "load: 1; regions: [{name: eu, servers: 1, load: 1}]; workers: 1; service: 1s|f.yaml:2: load"
            + " stands in each region",
        "regions: [{name: a, servers: 1, load: 1}, {name: a, servers: 1, load: 1}]; apart: 1ms;"
            + " service: 1s|f.yaml:2: regions has two named 'a'",
        "regions: [{name: a, servers: 1, load: 1}, {name: b, servers: 1, load: 1}]; service:"
            + " 1s|f.yaml:1: apart is missing; write for example apart: 120ms"
      })
  void badInputNamesFieldLineAndCure(String yaml, String complaint) {
    assertThatThrownBy(() -> read("kind: routing\n" + yaml.replace("; ", "\n")))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith(complaint);
  }

  private static RoutingScenario read(String yaml) throws ScenarioException {
    return (RoutingScenario) ScenarioReader.read("f.yaml", yaml);
  }
}
