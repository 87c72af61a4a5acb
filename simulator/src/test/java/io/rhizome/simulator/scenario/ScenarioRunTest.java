// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.simulator.invariant.InvariantViolation.Origin;
import io.rhizome.simulator.scenario.ScenarioRun.Outcome;
import org.junit.jupiter.api.Test;

class ScenarioRunTest {
  @Test
  void anExpectationThatIsNotMetFailsWithTheSeedAndTheCommand() throws Exception {
    Outcome outcome =
        run(
            """
            nodes: 3
            duration: 20s
            timeline: [{at: 10s, expect: {by: n00, of: n02, as: dead}}]
            """);
    assertThat(outcome.failure())
        .startsWith("at 10.000 s: n00 sees n02 ALIVE, expected [DEAD]")
        .endsWith("rhizome sim run f.yaml --seeds 9)");
    assertThat(outcome.rows()).hasSize(9);
  }

  @Test
  void falseDeathsAreCountedAndBounded() throws Exception {
    Outcome outcome =
        run(
            """
            nodes: 4
            duration: 1m
            mode: safety
            expect: {falseDeaths: 0}
            timeline: [{at: 10s, partition: [n00..n01, n02..n03]}]
            """);
    assertThat(outcome.falseDeaths()).isEqualTo(8);
    assertThat(outcome.failure()).contains("8 false deaths, expected at most 0");
  }

  @Test
  void aMeshThatDoesNotComeTogetherInTimeFails() throws Exception {
    Outcome outcome =
        run(
            """
            nodes: 4
            duration: 1m
            convergeWithin: 0s
            timeline: [{at: 10s, partition: [n00..n01, n02..n03]}]
            """);
    assertThat(outcome.failure()).contains("n00 sees n02 as DEAD, which runs, 0 s after");
  }

  @Test
  void rowsSayWhatIsSeenEachSecond() throws Exception {
    Outcome outcome =
        run(
            """
            nodes: 4
            duration: 90s
            network: {topology: lan}
            timeline: [{at: 20s, crash: n03}, {at: 70s, join: 1}, {at: 80s, replace: n02}]
            """);
    assertThat(outcome.failure()).isNull();
    assertThat(outcome.converged()).isNotNull();
    Row before = outcome.rows().get(18);
    assertThat(before.running()).isEqualTo(4);
    assertThat(before.alive()).isEqualTo(12);
    assertThat(before.sentBytes()).isPositive();
    assertThat(outcome.rows().get(60).running()).isEqualTo(3);
    assertThat(outcome.rows().stream().mapToInt(Row::died).sum()).isGreaterThanOrEqualTo(3);
    assertThat(outcome.rows().get(89).running()).isEqualTo(4);
    assertThat(outcome.falseDeaths()).isZero();
  }

  @Test
  void sealedRunsSayTheSameInTheSameSizes() throws Exception {
    String yaml = "nodes: 4\nduration: 20s\nsealed: ";
    Outcome open = run(yaml + "false\n");
    Outcome sealed = run(yaml + "true\n");
    assertThat(sealed.failure()).isNull();
    assertThat(sealed.packets()).isEqualTo(run(yaml + "true\n").packets());
    assertThat(sealed.rows().get(15).alive()).isEqualTo(open.rows().get(15).alive());
  }

  private static Outcome run(String yaml) throws ScenarioException {
    return ScenarioRun.of(
        (Scenario) ScenarioReader.read("f.yaml", yaml),
        new Origin("f.yaml", 9, "unknown"),
        row -> {});
  }
}
