// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandsTest {
  @TempDir Path dir;

  @Test
  void checkSaysGoodOfAFileThatIs() throws Exception {
    Path file = write("mesh: {port: 7710}\n");

    assertThat(CliRun.of("config", "check", dir.toString())).isEqualTo(new CliRun(0, "good\n", ""));
    assertThat(CliRun.of("config", "check", file.toString()).status()).isZero();
  }

  @Test
  void checkNamesEveryProblemAtOnceWithItsLine() throws Exception {
    Path file = write("mesh:\n  port: many\n  prot: 1\nlabels: {site: berlin}\n");

    CliRun run = CliRun.of("config", "check", dir.toString(), "--set", "api.port=-1");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            file + ":2: 'mesh.port' must be a port from 0 (any free one) to 65535, not 'many'")
        .contains(file + ":3: unknown key 'mesh.prot'; did you mean 'mesh.port'?")
        .contains(file + ":4: label 'site' comes from the roster")
        .contains("--set api.port=-1: 'api.port' must be a port")
        .endsWith("4 problems\n");
  }

  @Test
  void checkOfWhatIsNoYamlNamesThePlace() throws Exception {
    Path file = write("mesh: {port: 1\n");

    CliRun run = CliRun.of("config", "check", dir.toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("rhizome: " + file + ":2:1: ");
  }

  @Test
  void withoutAFileTheCureIsSaid() {
    assertThat(CliRun.of("config", "show", dir.toString()).err())
        .isEqualTo(
            "rhizome: "
                + dir.resolve("rhizome.yaml")
                + ": no such file; `rhizome init --nodes 1 DIR` writes one to start from\n");
  }

  @Test
  void showTellsWhereEveryValueComesFrom() throws Exception {
    Path file = write("mesh:\n  port: 7710\napi:\n  port: 8011\nlabels:\n  gpu: none\n");

    CliRun run = CliRun.of("config", "show", dir.toString(), "--set", "api.port=8012");

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ")))
        .startsWith("KEY VALUE FROM")
        .contains(
            "api.port 8012 --set api.port=8012",
            "api.tlsPort 0 default",
            "data " + dir + " default",
            "labels.gpu none " + file + ":6",
            "mesh.port 7710 " + file + ":2",
            "node.name - default",
            "request.defaultTimeout 30s default",
            "request.maxBytes 16MiB default",
            "seeds - default");
  }

  @Test
  void showPrintsJson() throws Exception {
    Path file = write("mesh: {port: 7710}\n");

    JsonNode keys =
        Json.MAPPER.readTree(CliRun.of("config", "show", dir.toString(), "--json").out());

    assertThat(keys.path("mesh.port"))
        .isEqualTo(
            Json.MAPPER
                .createObjectNode()
                .put("value", "7710")
                .put("origin", "file")
                .put("place", file + ":1"));
    assertThat(keys.path("api.port").path("origin").asText()).isEqualTo("default");
  }

  @Test
  void showRefusesWhatCannotRun() throws Exception {
    write("mesh: {port: many}\n");

    CliRun run = CliRun.of("config", "show", dir.toString(), "--json");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(":1: 'mesh.port' must be a port");
  }

  private Path write(String yaml) throws Exception {
    return Files.writeString(dir.resolve("rhizome.yaml"), yaml);
  }
}
