// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigTest {
  private static final SortedMap<String, String> NO_FLAGS = new TreeMap<>();

  @TempDir Path dir;

  @Test
  void pinsTheDefaults() throws Exception {
    NodeConfig config = load("");

    assertThat(config)
        .isEqualTo(
            new NodeConfig(
                "",
                dir,
                new NodeConfig.IdentityFiles(dir.resolve("roster.yaml"), dir.resolve("mesh.key")),
                new NodeConfig.Listen("127.0.0.1", 7700, "127.0.0.1"),
                new NodeConfig.Listen("127.0.0.1", 8001, "127.0.0.1"),
                true,
                0,
                false,
                new NodeConfig.Http("127.0.0.1", 8000, true, List.of()),
                List.of(),
                false,
                "",
                new TreeMap<>(),
                new NodeConfig.Workers(0, 256),
                new NodeConfig.RequestLimits(Duration.ofSeconds(30), 16_777_216),
                new NodeConfig.Transfer(0),
                new NodeConfig.Telemetry("", false),
                new NodeConfig.Policy(Duration.ofSeconds(60)),
                new NodeConfig.Jobs(true, 7701, 7702, 4L << 30, false, Duration.ofMinutes(5))));
  }

  @Test
  void pinsTheMappingOfEveryKey() throws Exception {
    NodeConfig config =
        load(
            """
            node:
              name: a1
            data: data
            identity:
              roster: ../roster.yaml
              meshKey: /etc/mesh.key
            mesh:
              bind: 10.0.0.1
              port: 7710
              advertise: one.example
              discover: mdns
              cell: hall-1
            api:
              bind: 0.0.0.0
              port: 8011
              advertise: api.example
              plaintext: true
              tlsPort: 8012
              allowModelControl: true
            http:
              bind: 10.0.0.2
              port: 8010
              plaintext: false
              corsOrigins:
                - https://app.example
                - http://localhost:3000
            seeds:
              - 127.0.0.1:7700
              - "[::1]:7701"
            labels:
              gpu: none
            executor:
              workers: 3
              queue: 7
            request:
              defaultTimeout: 1500ms
              maxBytes: 512KiB
            transfer:
              maxRate: 5GiB
            telemetry:
              otlp: http://collector:4318
            log:
              format: json
            policy:
              replaceVoterAfter: 5m
            jobs:
              enabled: false
              port: 7801
              dataPort: 7802
              maxBytes: 1GiB
              forced: true
              forgetNodeAfter: 1m
            """);

    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("gpu", "none");
    assertThat(config)
        .isEqualTo(
            new NodeConfig(
                "a1",
                dir.resolve("data"),
                new NodeConfig.IdentityFiles(
                    dir.resolveSibling("roster.yaml"), Path.of("/etc/mesh.key")),
                new NodeConfig.Listen("10.0.0.1", 7710, "one.example"),
                new NodeConfig.Listen("0.0.0.0", 8011, "api.example"),
                true,
                8012,
                true,
                new NodeConfig.Http(
                    "10.0.0.2",
                    8010,
                    false,
                    List.of("https://app.example", "http://localhost:3000")),
                List.of(new Endpoint("127.0.0.1", 7700), new Endpoint("::1", 7701)),
                true,
                "hall-1",
                labels,
                new NodeConfig.Workers(3, 7),
                new NodeConfig.RequestLimits(Duration.ofMillis(1500), 524_288),
                new NodeConfig.Transfer(5L << 30),
                new NodeConfig.Telemetry("http://collector:4318", true),
                new NodeConfig.Policy(Duration.ofMinutes(5)),
                new NodeConfig.Jobs(false, 7801, 7802, 1L << 30, true, Duration.ofMinutes(1))));
    assertThat(config.mesh().advertised("10.0.0.7")).isEqualTo(new Endpoint("one.example", 7710));
  }

  @Test
  void flagsOverrideTheEnvironmentWhichOverridesTheFile() throws Exception {
    SortedMap<String, String> flags = new TreeMap<>();
    flags.put("mesh.port", "3");
    Map<String, String> environment = new TreeMap<>();
    environment.put("RHIZOME_MESH_PORT", "2");
    environment.put("RHIZOME_API_PORT", "2");
    environment.put("RHIZOME_REQUEST_DEFAULT_TIMEOUT", "2s");
    environment.put("RHIZOME_SEEDS", "a:1, b:2");
    environment.put("RHIZOME_LABELS_GPU", "a100");
    environment.put("RHIZOME_SOMETHING_ELSE", "x");

    NodeConfig config =
        NodeConfig.load(write("mesh: {port: 1}\napi: {port: 1}\n"), environment, flags);

    assertThat(config.mesh().port()).isEqualTo(3);
    assertThat(config.api().port()).isEqualTo(2);
    assertThat(config.request().defaultTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.seeds()).containsExactly(new Endpoint("a", 1), new Endpoint("b", 2));
    assertThat(config.labels()).containsEntry("gpu", "a100");
  }

  @Test
  void anUnknownKeyIsRefusedWithItsLineAndTheNearestKnownOne() {
    refused(
        "mesh:\n  bind: 127.0.0.1\n  prot: 7700\n",
        ":3: unknown key 'mesh.prot'; did you mean 'mesh.port'?");
    refused("mseh:\n  port: 7700\n", ":2: unknown key 'mseh.port'; did you mean 'mesh.port'?");
    refused("sedes: []\n", ":1: unknown key 'sedes'; did you mean 'seeds'?");
  }

  @Test
  void anUnknownFlagIsRefusedLikewise() {
    SortedMap<String, String> flags = new TreeMap<>();
    flags.put("api.prt", "1");

    assertThatThrownBy(() -> NodeConfig.load(write(""), new TreeMap<>(), flags))
        .hasMessage("--set api.prt=1: unknown key 'api.prt'; did you mean 'api.port'?");
  }

  @Test
  void aWrongTypeNamesLineKeyAndWhatIsExpected() {
    refused(
        "mesh:\n  port: many\n",
        ":2: 'mesh.port' must be a port from 0 (any free one) to 65535, not 'many'");
    refused(
        "mesh:\n  port: [1, 2]\n",
        ":2: 'mesh.port' must be a port from 0 (any free one) to 65535, not a list");
    refused(
        "mesh: 7\n",
        ":1: 'mesh' has keys of its own: mesh.advertise, mesh.bind, mesh.cell, mesh.discover,"
            + " mesh.port");
    refused(
        "request:\n  defaultTimeout: 30\n",
        ":2: 'request.defaultTimeout' must be a duration such as");
    refused("request:\n  maxBytes: 3GiB\n", ":2: 'request.maxBytes' must be a size below 2GiB");
    refused("request:\n  maxBytes: 0\n", ":2: 'request.maxBytes' must be a size below 2GiB");
    refused(
        "transfer:\n  maxRate: fast\n",
        ":2: 'transfer.maxRate' must be bytes a second such as 20MiB or 512KiB, or 0 for no cap");
    refused(
        "seeds:\n  - nowhere\n",
        ":1: 'seeds' must be a list of host:port: expected host:port, got 'nowhere'");
    refused(
        "telemetry: {otlp: collector}\n",
        ":1: 'telemetry.otlp' must be a URL such as http://collector:4318, not 'collector'");
    refused("telemetry: {otlp: ftp://c}\n", ":1: 'telemetry.otlp' must be a URL such as");
    refused("log: {format: xml}\n", ":1: 'log.format' must be one of text, json, not 'xml'");
    refused("api: {allowModelControl: 1}\n", ":1: 'api.allowModelControl' must be true or false");
    refused("http: {corsOrigins: app.example/x}\n", ":1: 'http.corsOrigins' must be a list of");
    refused(
        "mesh:\n  cell: " + "ä".repeat(17) + "\n",
        ":2: 'mesh.cell' must be a name of at most 32 bytes in UTF-8, not 34");
    refused("executor: {workers: -1}\n", ":1: 'executor.workers' must be a number from 0");
  }

  @Test
  void badYamlNamesLineAndColumn() {
    refused("mesh:\n  port: 1\n bind: x\n", ":3:2: ");
    refused("mesh: {port: 1\n", ":2:1: ");
    refused("mesh:\n  port: 1\nmesh:\n  port: 2\n", ":3: key 'mesh' is there twice");
    refused("- a\n", ":1: expected 'key: value' lines");
  }

  @Test
  void labelsThatComeWithAdmissionAreRefused() {
    refused("labels:\n  site: berlin\n", ":2: label 'site' comes from the roster");
  }

  @Test
  void listeningEverywhereAdvertisesTheAddressOfTheMachine() throws Exception {
    NodeConfig.Listen mesh = load("mesh: {bind: 0.0.0.0}\n").mesh();
    assertThat(mesh.advertised("10.0.0.7")).isEqualTo(new Endpoint("10.0.0.7", 7700));
  }

  @Test
  void emptySectionsAreFine() throws Exception {
    assertThat(load("mesh:\nlabels:\nseeds:\n")).isEqualTo(load(""));
  }

  @Test
  void aMissingFileIsSaidPlainly() {
    assertThatThrownBy(() -> NodeConfig.load(dir.resolve("none.yaml"), new TreeMap<>(), NO_FLAGS))
        .isInstanceOf(ConfigException.class)
        .hasMessage(dir.resolve("none.yaml") + ": no such file");
  }

  @Test
  void aDirectoryServesOneNodeAtATime() throws Exception {
    try (DirectoryLock first = DirectoryLock.acquire(dir)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> DirectoryLock.acquire(dir))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("in use by another node (process " + ProcessHandle.current().pid());
    }
    DirectoryLock.acquire(dir).close();
  }

  private void refused(String yaml, String complaint) {
    assertThatThrownBy(() -> load(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(dir.resolve("rhizome.yaml") + complaint);
  }

  private NodeConfig load(String yaml) throws Exception {
    return NodeConfig.load(write(yaml), new TreeMap<>(), NO_FLAGS);
  }

  private Path write(String yaml) throws Exception {
    return Files.writeString(dir.resolve("rhizome.yaml"), yaml);
  }
}
