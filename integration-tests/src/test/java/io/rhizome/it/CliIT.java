// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.SharedMesh.BYSTANDER;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The command line against real nodes, and what it says when something is wrong. */
@ExtendWith(SharedMesh.class)
final class CliIT {
  private static final Checkout CHECKOUT = Checkout.find();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void showsNodesModelsAndStatusAsJson(LocalMesh mesh) throws Exception {
    String address = mesh.node(BYSTANDER).address();
    Command nodes = mesh.rhizome("nodes", "--json", "--node", address).orThrow();
    assertThat(nodes.json().isEmpty()).isFalse();
    assertThat(mesh.nodes()).allSatisfy(node -> assertThat(nodes.out()).contains(node.address()));
    Command models = mesh.rhizome("model", "ls", "--json", "--node", address).orThrow();
    assertThat(models.json().isEmpty()).isFalse();
    assertThat(models.out()).contains(Digits.MODEL);
    Command status = mesh.rhizome("status", "--json", "--node", address).orThrow();
    assertThat(status.json().isEmpty()).isFalse();
    assertThat(status.out()).contains(mesh.node(BYSTANDER).name());
  }

  @Test
  void infersFromAFileOfTensors(LocalMesh mesh) throws Exception {
    Command answer =
        mesh.rhizome(
                "infer",
                Digits.MODEL,
                "--input",
                CHECKOUT.seven().toString(),
                "--node",
                mesh.node(BYSTANDER).address(),
                "--json")
            .orThrow();
    assertThat(answer.json().isEmpty()).isFalse();
    assertThat(answer.out()).contains("logits");
  }

  @Test
  void namesAModelThatNobodyHolds(LocalMesh mesh) throws Exception {
    Command answer =
        mesh.rhizome(
            "infer",
            "nope",
            "--input",
            CHECKOUT.seven().toString(),
            "--node",
            mesh.node(BYSTANDER).address());
    assertFailed(answer, "nope");
  }

  @Test
  void saysThatNobodyAnswersAtAnAddress(LocalMesh mesh) throws Exception {
    int port = PortPlan.freeTcpPort();
    assertFailed(mesh.rhizome("nodes", "--node", "127.0.0.1:" + port), String.valueOf(port));
  }

  @Test
  void refusesAFileThatIsNoModel(LocalMesh mesh, @TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("text.pt"), "not a model");
    Command push =
        mesh.rhizome(
            "model",
            "push",
            file.toString(),
            "--name",
            "text",
            "--input",
            "x:FP32[-1]",
            "--output",
            "y:FP32[-1]",
            "--node",
            mesh.node(BYSTANDER).address(),
            "--operator-key",
            mesh.operatorKey().toString());
    assertFailed(push, "text.pt");
  }

  @Test
  void refusesADirectoryInUse(LocalMesh mesh) throws Exception {
    Path directory = mesh.node(BYSTANDER).directory();
    assertFailed(mesh.rhizome("up", directory.toString()), directory.toString());
  }

  @Test
  void namesAPortInUse(LocalMesh mesh) throws Exception {
    PortPlan elsewhere = PortPlan.free(1, new Random());
    PortPlan taken =
        new PortPlan(mesh.node(BYSTANDER).apiPort(), elsewhere.http(), elsewhere.mesh(), 10);
    try (LocalMesh other = LocalMesh.found(CHECKOUT, 1, List.of(), taken)) {
      Command up = other.rhizome("up", other.node(1).directory().toString());
      assertFailed(up, String.valueOf(taken.api()));
    }
  }

  @Test
  void namesTheLineOfAnUnknownKey() throws IOException, InterruptedException {
    PortPlan ports = PortPlan.free(1, new Random());
    try (LocalMesh other = LocalMesh.found(CHECKOUT, 1, List.of(), ports)) {
      Path file = other.node(1).directory().resolve("rhizome.yaml");
      Files.writeString(file, "\nmehs:\n  port: 1\n", StandardOpenOption.APPEND);
      Command up = other.rhizome("up", other.node(1).directory().toString());
      assertFailed(up, "mehs");
      assertThat(up.err()).containsPattern("rhizome.yaml:\\d+: ").contains("'mesh.port'");
    }
  }

  @Test
  void servesAloneAndSaysSoWhileNoSeedIsReachable() throws IOException, InterruptedException {
    PortPlan ports = PortPlan.free(1, new Random());
    int nobody = PortPlan.freeTcpPort();
    try (LocalMesh other = LocalMesh.found(CHECKOUT, 1, List.of(), ports)) {
      NodeProcess alone = other.node(1);
      alone.start("--seeds", "127.0.0.1:" + nobody);
      alone.awaitReady(LIMIT);
      Awaitility.await("it says that it keeps trying")
          .atMost(LIMIT)
          .until(() -> alone.logTail().contains("no seed reachable, trying again in"));
      assertThat(alone.logTail()).contains("127.0.0.1:" + nobody);
      alone.terminate();
      assertThat(alone.awaitExit(LIMIT)).isZero();
    }
  }

  @Test
  void refusesAnUnknownCommandWithItsUsage(LocalMesh mesh) throws Exception {
    assertFailed(mesh.rhizome("grow"), "grow");
  }

  private static void assertFailed(Command command, String named) {
    assertThat(command.exit()).as("exit status of %s", command.words()).isNotZero();
    assertThat(command.err()).contains(named).doesNotContain("\tat ");
  }
}
