// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReportTest {
  private final Map<String, String> environment = new TreeMap<>();
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void name() {
    file = dir.resolve("rhizome.yaml");
  }

  @Test
  void theVariableIsNamedAsThePlace() throws Exception {
    environment.put("RHIZOME_MESH_PORT", "7720");
    environment.put("RHIZOME_LABELS_GPU", "a100");

    ConfigReport report = read("mesh: {port: 7710}\n");

    assertThat(report.values())
        .contains(
            new ConfigReport.Value("mesh.port", "7720", "environment", "RHIZOME_MESH_PORT"),
            new ConfigReport.Value("labels.gpu", "a100", "environment", "RHIZOME_LABELS_GPU"));
  }

  @Test
  void pathsAreShownAsTheyResolve() throws Exception {
    assertThat(read("data: ../store\n").values())
        .contains(
            new ConfigReport.Value(
                "data", dir.resolveSibling("store").toString(), "file", file + ":1"));
  }

  @Test
  void everyProblemIsFoundAndTheConfigurationRefusedWithAll() throws Exception {
    ConfigReport report = read("api: {port: x}\nexecutor: {queue: 0}\nsedes: []\n");

    assertThat(report.problems()).hasSize(3);
    assertThatThrownBy(report::config)
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(":1: 'api.port'", ":2: 'executor.queue'", ":3: unknown key");
  }

  @Test
  void aVariableThatIsNearlyAKeysIsAWarning() throws Exception {
    environment.put("RHIZOME_MESH_PROT", "1");
    environment.put("RHIZOME_HEAP", "1g");
    environment.put("RHIZOME_COMPLETELY_ELSE", "x");

    ConfigReport report = read("");

    assertThat(report.problems()).isEmpty();
    assertThat(report.warnings())
        .containsExactly("RHIZOME_MESH_PROT: no key has it; did you mean 'RHIZOME_MESH_PORT'?");
  }

  @Test
  void offLoopbackPlainTextMustBeAskedForAndIsWarnedOf() throws Exception {
    ConfigReport quiet = read("api: {bind: 0.0.0.0, advertise: a}\nhttp: {bind: \"::\"}\n");
    assertThat(quiet.config().apiPlaintext()).isFalse();
    assertThat(quiet.config().http().plaintext()).isFalse();
    assertThat(quiet.config().api().onLoopback()).isFalse();
    assertThat(quiet.warnings()).isEmpty();
    assertThat(read("api: {bind: localhost}\n").config().apiPlaintext()).isTrue();

    assertThat(read("http: {bind: 0.0.0.0, plaintext: true}\n").warnings())
        .singleElement()
        .asString()
        .startsWith(file + ":1: clients' keys and data cross the network at 0.0.0.0 in the clear");
  }

  @Test
  void aTlsPortBesideOneThatSpeaksTlsIsAProblem() throws Exception {
    assertThat(read("api: {plaintext: false, tlsPort: 8002}\n").problems())
        .singleElement()
        .asString()
        .contains("'api.tlsPort' is for TLS beside plain text");
  }

  private ConfigReport read(String yaml) throws Exception {
    return ConfigReport.read(Files.writeString(file, yaml), environment, new TreeMap<>());
  }
}
