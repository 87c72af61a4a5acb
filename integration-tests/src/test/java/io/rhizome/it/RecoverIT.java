// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
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

  @BeforeAll
  void found() throws IOException, InterruptedException {
    mesh = LocalMesh.found(Checkout.find(), NODES, List.of(), PortPlan.free(NODES, new Random()));
    mesh.useQuickJit();
    mesh.startAll();
    Awaitility.await().atMost(LIMIT).until(() -> voters(1).size() == 3 && answering(1) == NODES);
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
    SortedSet<String> names = new TreeSet<>();
    for (JsonNode node : status(asked).get("nodes")) {
      if (node.get("answered").asBoolean() && !node.get("role").asText().equals("FOLLOWER")) {
        names.add(node.get("name").asText());
      }
    }
    return names;
  }

  private long answering(int asked) throws IOException, InterruptedException {
    long count = 0;
    for (JsonNode node : status(asked).get("nodes")) {
      count += node.get("answered").asBoolean() ? 1 : 0;
    }
    return count;
  }

  private Command apply(int at, String site) throws IOException, InterruptedException {
    Path file = mesh.directory().resolve(site + ".yaml");
    Files.writeString(
        file, "kind: Site\nname: %s\nspec:\n  tier: edge\n  region: eu\n".formatted(site));
    return mesh.tryToOperate(at, "apply", "-f", file.toString());
  }

  private void awaitSite(int at, String site) {
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> mesh.tryToOperate(at, "get", "Site/" + site, "--json").exit() == 0);
  }

  private int number(String name) {
    return 1 + mesh.nodes().stream().map(NodeProcess::name).toList().indexOf(name);
  }

  @Test
  void theSurvivorGoesOnAndAnOldVoterThatComesBackIsFenced()
      throws IOException, InterruptedException {
    apply(1, "before").orThrow();
    for (int i = 1; i <= NODES; i++) {
      awaitSite(i, "before");
    }
    List<String> voting = new ArrayList<>(voters(1));
    int survivor = number(voting.get(0));
    int wiped = number(voting.get(1));
    int returning = number(voting.get(2));
    int follower = 1 + 2 + 3 + 4 - survivor - wiped - returning;
    mesh.node(wiped).kill();
    mesh.node(returning).kill();
    Trees.delete(mesh.node(wiped).directory().resolve("policy"));

    Command refused = apply(follower, "refused");
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.err()).contains("2 of 3 voters unreachable");
    assertThat(status(survivor).get("trouble").asText())
        .contains("rhizome policy recover --from " + mesh.node(survivor).name());

    Awaitility.await()
        .atMost(LIMIT)
        .until(
            () ->
                mesh.tryToOperate(
                            follower, "policy", "recover", "--from", mesh.node(survivor).name())
                        .exit()
                    == 0);
    awaitSite(survivor, "before");
    Awaitility.await().atMost(LIMIT).until(() -> apply(follower, "after").exit() == 0);
    awaitSite(survivor, "after");
    awaitSite(follower, "after");

    mesh.node(returning).start();
    mesh.node(wiped).start();
    mesh.awaitReady();
    awaitSite(returning, "after");
    awaitSite(wiped, "after");
    assertThat(Files.readString(mesh.node(returning).log()))
        .containsPattern("this node's vote on policy .*counts no more");
    assertThat(mesh.node(returning).directory().resolve("policy/raft.old")).isDirectory();
    Awaitility.await().atMost(LIMIT).until(() -> voters(survivor).size() == 3);
    Awaitility.await().atMost(LIMIT).until(() -> apply(returning, "last").exit() == 0);
    for (int i = 1; i <= NODES; i++) {
      awaitSite(i, "last");
      assertThat(status(i).get("epoch").asLong()).isEqualTo(1);
    }
  }
}
