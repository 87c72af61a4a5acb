// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two of three voters are lost, for good or so it seems, and policy goes on from the third. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RecoverIT {
  private static final int NODES = 4;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private LocalMesh mesh;
  private MeshPolicy policy;

  @BeforeAll
  void found() throws IOException, InterruptedException {
    mesh = LocalMesh.found(Checkout.find(), NODES, List.of(), PortPlan.free(NODES, new Random()));
    policy = new MeshPolicy(mesh);
    mesh.useQuickJit();
    mesh.startAll();
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> policy.voters().size() == 3 && policy.answering() == NODES);
  }

  @AfterAll
  void stop() {
    mesh.close();
  }

  private String id(int node) throws IOException {
    return mesh.node(node).key().id().shortName();
  }

  @Test
  void theSurvivorGoesOnAndAnOldVoterThatComesBackIsFenced()
      throws IOException, InterruptedException {
    policy.apply(1, "before").orThrow();
    for (int i = 1; i <= NODES; i++) {
      policy.awaitSite(i, "before");
    }
    List<Integer> voting = new ArrayList<>(policy.voters());
    int survivor = voting.get(0);
    int wiped = voting.get(1);
    int returning = voting.get(2);
    int follower = 1 + 2 + 3 + 4 - survivor - wiped - returning;
    mesh.node(wiped).kill();
    mesh.node(returning).kill();
    Trees.delete(mesh.node(wiped).directory().resolve("policy"));

    Command refused = policy.apply(follower, "refused");
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err())
        .contains("2 of 3 voters unreachable")
        .contains(id(wiped), id(returning));
    assertThat(policy.status(survivor).get("trouble").asText())
        .contains("rhizome policy recover --from " + mesh.node(survivor).name());

    Awaitility.await()
        .atMost(LIMIT)
        .until(
            () ->
                mesh.tryToOperate(
                            follower, "policy", "recover", "--from", mesh.node(survivor).name())
                        .exit()
                    == 0);
    policy.awaitSite(survivor, "before");
    policy.applySoon(follower, "after");
    policy.awaitSite(survivor, "after");
    policy.awaitSite(follower, "after");

    mesh.node(returning).start();
    mesh.node(wiped).start();
    mesh.awaitReady();
    policy.awaitSite(returning, "after");
    policy.awaitSite(wiped, "after");
    assertThat(Files.readString(mesh.node(returning).log()))
        .containsPattern("this node's vote on policy .*counts no more");
    assertThat(mesh.node(returning).directory().resolve("policy/raft.old")).isDirectory();
    Awaitility.await().atMost(LIMIT).until(() -> policy.voters().size() == 3);
    policy.applySoon(returning, "last");
    for (int i = 1; i <= NODES; i++) {
      policy.awaitSite(i, "last");
      assertThat(policy.status(i).get("epoch").asLong()).isEqualTo(1);
    }
  }
}
