// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.GossipConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioReaderTest {
  @Test
  void whatIsLeftOutHasDefaults() throws Exception {
    Scenario scenario = read("nodes: 5\nduration: 90s\n");
    assertThat(scenario.duration()).isEqualTo(Duration.ofSeconds(90));
    assertThat(scenario.mode()).isEqualTo(Scenario.Mode.LIVENESS);
    assertThat(scenario.gossip()).isEqualTo(GossipConfig.defaults());
    assertThat(scenario.timeline()).isEmpty();
    assertThat(scenario.host(3)).isEqualTo("n03");
  }

  @Test
  void gossipSettingsReplaceDefaultsOneByOne() throws Exception {
    GossipConfig config =
        read("""
        nodes: 5
        duration: 1m
        gossip:
          probeIntervalMillis: 2000
          lifeguard: {worstHealth: 3}
        """)
            .gossip();
    assertThat(config.probeIntervalMillis()).isEqualTo(2_000);
    assertThat(config.probeTimeoutMillis()).isEqualTo(GossipConfig.defaults().probeTimeoutMillis());
    assertThat(config.lifeguard().worstHealth()).isEqualTo(3);
    assertThat(config.lifeguard().confirmations())
        .isEqualTo(GossipConfig.defaults().lifeguard().confirmations());
  }

  @Test
  void hostsAreNamesRangesAllOrAny() throws Exception {
    Scenario scenario =
        read(
            """
            nodes: 9
            duration: 1m
            timeline:
              - {at: 1s, crash: [n01, n03..n05]}
              - {at: 500ms, leave: any 2}
              - {at: 2m, restart: {hosts: all, disk: lost}}
            """);
    assertThat(scenario.timeline().get(0).crash())
        .isEqualTo(Hosts.parse(List.of("n01", "n03..n05")));
    assertThat(scenario.timeline().get(1).leave()).extracting(Hosts::any).isEqualTo(2);
    assertThat(scenario.timeline().get(2).restart())
        .extracting(Step.Restart::disk)
        .isEqualTo(Step.Disk.LOST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: x; nodes: 1; duration: 1m|f.yaml:2: nodes must be 2 to 5000, not 1",
        "name: x; nodes: 5; sealed: true|f.yaml:1: duration is missing; write for example",
        "duration: 1m; nodes: five|f.yaml:2: nodes: ",
        "just words|f.yaml:1: ",
        "- nodes: 5|f.yaml:1: ",
        "nodes: 5; duration: 3 minutes|f.yaml:2: duration: '3 minutes' is no duration; write a",
        "nodes: 5; duration: 1m; noddes: 3|f.yaml:3: unknown field 'noddes'; known here are",
        "nodes: 5; duration: 1m; network: {loss: 30}|f.yaml:3: network.loss: a share is 0 to 1",
        "nodes: 5; duration: 1m; network: {loss: much}|f.yaml:3: network.loss: 'much' is no share",
        "nodes: 5; duration: 1m; gossip: {probe: 3}|f.yaml:3: gossip: unknown setting 'probe'",
        "nodes: 5; duration: 1m; gossip: {probeIntervalMillis: 0}|must be below",
        "nodes: 5; duration: 1m; timeline: [{at: 1s}]|exactly one thing, this one 0; choose one",
        "nodes: 5; timeline:; - crash: n01;   every: 1s; duration: 1m|f.yaml:3: timeline[0]: at is"
            + " missing",
        "nodes: 5; timeline:; - at: 1s;   every: 0s;   crash: n01; duration: 1m|f.yaml:4:"
            + " timeline[0]: every must be",
        "nodes: 5; duration: 1m; timeline: [{at: 1s, crash: bob}]|timeline[0].crash: 'bob' names"
            + " no",
        "timeline:; - {at: 1s, heal: true}; - {at: 1s, crash: n07}; nodes: 5; duration: 1m|f.yaml:3:"
            + " timeline[1]: there is no host n07; of 5 nodes the last",
        "nodes: 5; duration: 1m; timeline: [{at: 1s, crash: n03..n01}]|runs backwards",
        "nodes: 5; duration: 1m; mode: [|f.yaml:3",
        "nodes: 5; kind: rooting|f.yaml:2: kind: there is none named 'rooting'; write routing or"
            + " gossip"
      })
  void badInputNamesFieldLineAndCure(String yaml, String complaint) {
    assertThatThrownBy(() -> read(yaml.replace("; ", "\n")))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("f.yaml")
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "---\n", "null"})
  void anEmptyFileIsNamedAndWhatItNeeds(String yaml) {
    assertThatThrownBy(() -> read(yaml))
        .hasMessage("f.yaml:1: the file is empty; it needs nodes and duration, or kind: routing");
  }

  private static Scenario read(String yaml) throws ScenarioException {
    return (Scenario) ScenarioReader.read("f.yaml", yaml);
  }
}
