// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A voter is gone for good and another node is to get its vote, and whoever takes part in that dies
 * in the middle of it: three vote in the end, and nothing is lost.
 */
final class ReplacementIT {
  private static final int NODES = 5;
  private static final int VOTERS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(5);
  private static final String QUICK = "policy.replaceVoterAfter=5s";
  private static final Pattern TAKEN = Pattern.compile("node (\\w+) .*loses its vote");
  private static final Pattern ASKED = Pattern.compile("node (\\w+) is asked to vote");

  private LocalMesh mesh;
  private MeshPolicy policy;

  @BeforeEach
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

  @AfterEach
  void stop() {
    mesh.close();
  }

  private List<Integer> allBut(List<Integer> gone) {
    return IntStream.rangeClosed(1, NODES).filter(i -> !gone.contains(i)).boxed().toList();
  }

  private void start(List<Integer> nodes) throws IOException, InterruptedException {
    for (int i : nodes) {
      mesh.node(i).start("--set", QUICK);
    }
    mesh.awaitReady();
  }

  /** Whom node i's log names in the next such line after so many. */
  private String awaitLine(int node, Pattern line, int before) throws IOException {
    Awaitility.await()
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(POLL)
        .until(() -> lines(node, line).size() > before);
    return lines(node, line).get(before);
  }

  private List<String> lines(int node, Pattern line) throws IOException {
    return line.matcher(Files.readString(mesh.node(node).log()))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private int byId(String shortId) throws IOException {
    for (int i = 1; i <= NODES; i++) {
      if (mesh.node(i).key().id().shortName().equals(shortId)) {
        return i;
      }
    }
    throw new IllegalStateException("no node " + shortId);
  }

  private int otherVoter(int than) {
    return policy.voters().stream().filter(i -> i != than).findFirst().orElseThrow();
  }

  private void thenThreeVoteAndNothingIsLost(List<Integer> gone, List<String> sites)
      throws IOException, InterruptedException {
    int asked = allBut(gone).get(0);
    policy.awaitVoters(VOTERS);
    policy.applySoon(asked, "after");
    policy.awaitSite(allBut(gone), "after");
    for (String site : sites) {
      policy.awaitSite(allBut(gone), site);
    }
    assertThat(policy.voters()).doesNotContainAnyElementsOf(gone);
  }

  @Test
  void theLeaderDiesOnceItTookTheVote() throws IOException, InterruptedException {
    policy.apply(1, "before").orThrow();
    int leader = policy.leader();
    int gone = otherVoter(leader);
    mesh.node(gone).kill();

    awaitLine(leader, TAKEN, 0);
    mesh.node(leader).kill();
    start(List.of(leader));

    thenThreeVoteAndNothingIsLost(List.of(gone), List.of("before"));
  }

  @Test
  void whoeverIsAskedDiesAndThenAllDo() throws IOException, InterruptedException {
    policy.apply(1, "before").orThrow();
    int leader = policy.leader();
    int gone = otherVoter(leader);
    int asksBefore = lines(leader, ASKED).size();
    mesh.node(gone).kill();

    int asked = byId(awaitLine(leader, ASKED, asksBefore));
    mesh.node(asked).kill();
    start(List.of(asked));
    policy.applySoon(asked, "between");
    allBut(List.of(gone)).forEach(i -> mesh.node(i).kill());
    start(allBut(List.of(gone)));

    thenThreeVoteAndNothingIsLost(List.of(gone), List.of("before", "between"));
  }
}
