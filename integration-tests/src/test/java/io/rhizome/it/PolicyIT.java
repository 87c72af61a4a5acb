// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Policy in a mesh of real processes: written anywhere, kept by three, seen by all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PolicyIT {
  private static final int NODES = 4;
  private static final int VOTERS = 3;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String QUICK = "policy.replaceVoterAfter=5s";

  private LocalMesh mesh;

  @BeforeAll
  void found() throws IOException, InterruptedException {
    mesh = LocalMesh.found(Checkout.find(), NODES, List.of(), PortPlan.free(NODES, new Random()));
    mesh.useQuickJit();
    for (NodeProcess node : mesh.nodes()) {
      node.start("--set", QUICK);
    }
    mesh.awaitReady();
    mesh.awaitMembers();
    awaitVoters(1);
  }

  @AfterAll
  void stop() {
    mesh.close();
  }

  private JsonNode status(int asked) throws IOException, InterruptedException {
    return mesh.rhizome("policy", "status", "--json", "--node", mesh.node(asked).address())
        .orThrow()
        .json();
  }

  private SortedSet<String> voters(int asked) throws IOException, InterruptedException {
    SortedSet<String> voters = new TreeSet<>();
    status(asked).get("voters").forEach(voter -> voters.add(voter.asText()));
    return voters;
  }

  private void awaitVoters(int asked) {
    Awaitility.await().atMost(LIMIT).until(() -> voters(asked).size() == VOTERS);
  }

  /** The node that leads, as node {@code asked} sees it. */
  private JsonNode leader(int asked) throws IOException, InterruptedException {
    for (JsonNode node : status(asked).get("nodes")) {
      if (node.get("answered").asBoolean() && node.get("role").asText().equals("LEADER")) {
        return node;
      }
    }
    throw new IllegalStateException("nobody leads: " + status(asked));
  }

  private int number(JsonNode node) {
    List<String> names = mesh.nodes().stream().map(NodeProcess::name).toList();
    return 1 + names.indexOf(node.get("name").asText());
  }

  private Path file(String name, String region) throws IOException {
    Path file = mesh.directory().resolve(name + ".yaml");
    Files.writeString(
        file, "kind: Site\nname: %s\nspec:\n  tier: edge\n  region: %s\n".formatted(name, region));
    return file;
  }

  private void awaitRegion(int asked, String site, String region) {
    Awaitility.await()
        .atMost(LIMIT)
        .until(
            () -> {
              Command got = mesh.tryToOperate(asked, "get", "Site/" + site, "--json");
              return got.exit() == 0 && got.out().contains(region);
            });
  }

  private static int other(int than) {
    return than % NODES + 1;
  }

  @Test
  void whatIsAppliedAtOneNodeIsSeenAtAll() throws IOException, InterruptedException {
    for (int i = 1; i <= NODES; i++) {
      mesh.operate(i, "apply", "-f", file("seen-" + i, "eu").toString());
      for (int j = 1; j <= NODES; j++) {
        awaitRegion(j, "seen-" + i, "eu");
      }
    }
  }

  @Test
  void aConflictIsToldAndNothingIsWritten() throws IOException, InterruptedException {
    Path file = file("contested", "eu");
    mesh.operate(1, "apply", "-f", file.toString());
    awaitRegion(1, "contested", "eu");
    Files.writeString(file, "version: 999\n" + Files.readString(file).replace("eu", "us"));
    Command refused = mesh.tryToOperate(1, "apply", "-f", file.toString());
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains("Site/contested").contains("expected version 999, found");
    awaitRegion(1, "contested", "eu");
  }

  @Test
  void aStrangersKeyWritesNothing() throws IOException, InterruptedException {
    Path strange = mesh.directory().resolve("strange");
    mesh.rhizome("init", "--nodes", "1", strange.toString()).orThrow();
    Command refused =
        mesh.rhizome(
            "apply",
            "-f",
            file("strange-site", "eu").toString(),
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
    mesh.operate(1, "apply", "-f", file("kept", "eu").toString());
    awaitRegion(1, "kept", "eu");
    JsonNode leader = leader(1);
    int dead = number(leader);
    int alive = other(dead);
    mesh.node(dead).kill();
    Path later = file("later", "us");
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> mesh.tryToOperate(alive, "apply", "-f", later.toString()).exit() == 0);
    awaitRegion(alive, "kept", "eu");
    awaitRegion(alive, "later", "us");
    String lost = leader.get("node_id").asText();
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> voters(alive).size() == VOTERS && !voters(alive).contains(lost));
    mesh.node(dead).start("--set", QUICK);
    mesh.awaitReady();
    awaitRegion(dead, "later", "us");
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> status(dead).get("role").asText().equals("FOLLOWER"));
    assertThat(voters(dead)).hasSize(VOTERS).doesNotContain(lost);
  }

  @Test
  void aRestartOfAllNodesLosesNothing() throws IOException, InterruptedException {
    mesh.operate(1, "apply", "-f", file("durable", "eu").toString());
    for (NodeProcess node : mesh.nodes()) {
      node.kill();
    }
    for (NodeProcess node : mesh.nodes()) {
      node.start("--set", QUICK);
    }
    mesh.awaitReady();
    for (int i = 1; i <= NODES; i++) {
      awaitRegion(i, "durable", "eu");
    }
    Path after = file("after", "us");
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> mesh.tryToOperate(1, "apply", "-f", after.toString()).exit() == 0);
  }
}
