// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Policy in a mesh of real processes: written anywhere, kept by three, seen by all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PolicyIT {
  private static final int NODES = 4;
  private static final int VOTERS = 3;
  private static final String QUICK = "policy.replaceVoterAfter=5s";

  private LocalMesh mesh;
  private MeshPolicy policy;

  @BeforeAll
  void found() throws IOException, InterruptedException {
    mesh = LocalMesh.found(Checkout.find(), NODES, List.of(), PortPlan.free(NODES, new Random()));
    policy = new MeshPolicy(mesh);
    mesh.useQuickJit();
    for (NodeProcess node : mesh.nodes()) {
      node.start("--set", QUICK);
    }
    mesh.awaitReady();
    mesh.awaitMembers();
    policy.awaitVoters(VOTERS);
  }

  @AfterAll
  void stop() {
    mesh.close();
  }

  private static int other(int than) {
    return than % NODES + 1;
  }

  @Test
  void whatIsAppliedAtOneNodeIsSeenAtAll() throws IOException, InterruptedException {
    for (int i = 1; i <= NODES; i++) {
      policy.apply(i, "seen-" + i).orThrow();
      for (int j = 1; j <= NODES; j++) {
        policy.awaitSite(j, "seen-" + i);
      }
    }
  }

  @Test
  void aConflictIsToldAndNothingIsWritten() throws IOException, InterruptedException {
    policy.apply(1, "contested").orThrow();
    policy.awaitSite(1, "contested");
    Path file = policy.file("contested");
    Files.writeString(file, "version: 999\n" + Files.readString(file).replace("eu", "us"));
    Command refused = mesh.tryToOperate(1, "apply", "-f", file.toString());
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains("Site/contested").contains("expected version 999, found");
    assertThat(mesh.operate(1, "get", "Site/contested", "--json").out())
        .contains("\"eu\"")
        .doesNotContain("\"us\"");
  }

  @Test
  void aStrangersKeyWritesNothing() throws IOException, InterruptedException {
    Path strange = mesh.directory().resolve("strange");
    mesh.rhizome("init", "--nodes", "1", strange.toString()).orThrow();
    Command refused =
        mesh.rhizome(
            "apply",
            "-f",
            policy.file("strange-site").toString(),
            "--node",
            mesh.node(1).address(),
            "--operator-key",
            strange.resolve("operator.key").toString());
    assertThat(refused.exit()).isNotZero();
    Command got = mesh.tryToOperate(1, "get", "Site/strange-site");
    assertThat(got.exit()).isNotZero();
  }

  @Test
  void killingTheLeaderLosesNothingAndAnotherNodeGetsItsVote()
      throws IOException, InterruptedException {
    policy.apply(1, "kept").orThrow();
    int dead = policy.leader();
    int alive = other(dead);
    mesh.node(dead).kill();
    policy.applySoon(alive, "later");
    policy.awaitSite(alive, "kept");
    policy.awaitSite(alive, "later");
    policy.awaitVoters(VOTERS);
    mesh.node(dead).start("--set", QUICK);
    mesh.awaitReady();
    policy.awaitSite(dead, "later");
    policy.awaitVoters(VOTERS);
    assertThat(policy.voters()).doesNotContain(dead);
  }

  @Test
  void aRestartOfAllNodesLosesNothing() throws IOException, InterruptedException {
    policy.apply(1, "durable").orThrow();
    for (NodeProcess node : mesh.nodes()) {
      node.kill();
    }
    for (NodeProcess node : mesh.nodes()) {
      node.start("--set", QUICK);
    }
    mesh.awaitReady();
    for (int i = 1; i <= NODES; i++) {
      policy.awaitSite(i, "durable");
    }
    policy.applySoon(1, "after");
  }
}
