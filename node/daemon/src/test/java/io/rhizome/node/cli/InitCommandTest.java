// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.node.config.NodeConfig;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshKey;
import io.rhizome.node.identity.Roster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {
  @TempDir Path parent;

  @Test
  void foundsAMeshWhoseFilesFitTogether() throws Exception {
    Path dir = parent.resolve("mesh");

    CliRun run =
        CliRun.of("init", "--nodes", "5", "--sites", "berlin,boston:us,paris", dir.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("rhizome up " + dir.resolve("node-5"));
    Roster roster = Roster.load(dir.resolve("roster.yaml"));
    assertThat(roster.nodes()).hasSize(5);
    Identity operator = Identity.load(dir.resolve("operator.key"));
    assertThat(roster.operators()).extracting(Roster.Entry::id).containsExactly(operator.nodeId());
    for (int i = 1; i <= 5; i++) {
      Path home = dir.resolve("node-" + i);
      NodeConfig config =
          NodeConfig.load(home.resolve("rhizome.yaml"), new TreeMap<>(), new TreeMap<>());
      Identity node = Identity.load(config.data().resolve("identity/node.key"));
      assertThat(nameOf(roster, node)).isEqualTo("node-" + i).isEqualTo(config.name());
      assertThat(config.identity().roster()).isEqualTo(dir.resolve("roster.yaml"));
      assertThat(MeshKey.load(config.identity().meshKey()).bytes()).hasSize(32);
      assertThat(config.api().port()).isEqualTo(8001 + 10 * (i - 1));
      assertThat(config.http().port()).isEqualTo(8000 + 10 * (i - 1));
      assertThat(config.mesh().port()).isEqualTo(7700 + 10 * (i - 1));
      assertThat(config.seeds())
          .containsExactly(
              new Endpoint("127.0.0.1", 7700),
              new Endpoint("127.0.0.1", 7710),
              new Endpoint("127.0.0.1", 7720));
    }
  }

  @Test
  void givesEachHostADirectoryThatIsCompleteByItself() throws Exception {
    Path dir = parent.resolve("mesh");

    CliRun run = CliRun.of("init", "--hosts", "a.example,10.0.0.2,fe80::1", dir.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("--node tls://a.example:8001#").contains("rhizome key create");
    Path moved = Files.move(dir.resolve("node-2"), parent.resolve("elsewhere"));
    NodeConfig config =
        NodeConfig.load(moved.resolve("rhizome.yaml"), new TreeMap<>(), new TreeMap<>());
    assertThat(config.api()).isEqualTo(new NodeConfig.Listen("0.0.0.0", 8001, "10.0.0.2"));
    assertThat(config.mesh()).isEqualTo(new NodeConfig.Listen("0.0.0.0", 7700, "10.0.0.2"));
    assertThat(config.seeds())
        .containsExactly(
            new Endpoint("a.example", 7700),
            new Endpoint("10.0.0.2", 7700),
            new Endpoint("fe80::1", 7700));
    Identity node = Identity.load(config.data().resolve("identity/node.key"));
    assertThat(nameOf(Roster.load(config.identity().roster()), node)).isEqualTo("node-2");
    assertThat(MeshKey.load(config.identity().meshKey()).bytes())
        .isEqualTo(MeshKey.load(dir.resolve("mesh.key")).bytes());
    assertThat(Files.getPosixFilePermissions(config.identity().meshKey()))
        .isEqualTo(Files.getPosixFilePermissions(dir.resolve("mesh.key")));
  }

  @Test
  void refusesHostsThatAreNone() {
    String dir = parent.resolve("mesh").toString();

    assertThat(CliRun.of("init", "--hosts", "a b", dir).err()).contains("'a b'");
    assertThat(CliRun.of("init", "--hosts", "a", "--nodes", "1", dir).status()).isEqualTo(2);
    assertThat(CliRun.of("init", dir).err()).contains("--nodes").contains("--hosts");
  }

  @Test
  void givesSitesInTurnAndRegionsOfTheSameNameUnlessTold() throws Exception {
    Path dir = parent.resolve("mesh");
    CliRun.of("init", "--nodes", "3", "--sites", "berlin,boston:us", dir.toString());
    Roster roster = Roster.load(dir.resolve("roster.yaml"));

    assertThat(labelsOf(roster, "node-1")).isEqualTo("{region=berlin, site=berlin}");
    assertThat(labelsOf(roster, "node-2")).isEqualTo("{region=us, site=boston}");
    assertThat(labelsOf(roster, "node-3")).isEqualTo("{region=berlin, site=berlin}");
  }

  @Test
  void refusesADirectoryWithSomethingInIt() throws Exception {
    Files.writeString(parent.resolve("precious"), "");

    CliRun run = CliRun.of("init", "--nodes", "1", parent.toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("is not empty");
    assertThat(parent.resolve("roster.yaml")).doesNotExist();
  }

  @Test
  void refusesPortsThatWouldMeetOrEnd() {
    String dir = parent.resolve("mesh").toString();

    assertThat(CliRun.of("init", "--nodes", "3", "--api-port", "7710", dir).err())
        .contains("would meet");
    assertThat(CliRun.of("init", "--nodes", "9", "--api-port", "65500", dir).err())
        .contains("--api-port 65500");
    assertThat(CliRun.of("init", "--nodes", "0", dir).err()).contains("--nodes must be 1 to");
    assertThat(CliRun.of("init", "--nodes", "1", "--sites", "a b", dir).err()).contains("'a b'");
  }

  private static String nameOf(Roster roster, Identity node) {
    return roster.nodes().stream()
        .filter(entry -> entry.id().equals(node.nodeId()))
        .map(Roster.Entry::name)
        .findFirst()
        .orElse("");
  }

  private static String labelsOf(Roster roster, String name) {
    return roster.nodes().stream()
        .filter(entry -> entry.name().equals(name))
        .map(entry -> entry.labels().toString())
        .findFirst()
        .orElse("");
  }
}
