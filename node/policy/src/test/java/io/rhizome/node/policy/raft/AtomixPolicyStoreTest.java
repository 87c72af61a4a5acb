// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.Voters.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicySource.Voting;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class AtomixPolicyStoreTest {
  @TempDir private Path directory;
  private Voters voters;

  @BeforeEach
  void open() {
    voters =
        new Voters(
            directory,
            (policy, proposal) -> {
              if (proposal.mesh().equals("another")) {
                throw new PolicyException(PolicyException.Code.DENIED, "of another mesh");
              }
            });
  }

  @AfterEach
  void close() {
    voters.close();
  }

  @Test
  void aLoneVoterWritesAndKeepsItOverARestart() throws Exception {
    voters.grow(1);

    assertThat(voters.write(node(1), "a")).isEqualTo(1);
    assertThat(voters.write(node(1), "b")).isEqualTo(2);
    voters.stop(node(1));
    voters.grow(1);

    assertThat(voters.write(node(1), "c")).isEqualTo(3);
    assertThat(voters.store(node(1)).image().records()).hasSize(3);
  }

  @Test
  void everyVoterTakesWritesAndHasThem() throws Exception {
    voters.grow(3);

    for (int i = 1; i <= 3; i++) {
      voters.write(node(i), "m" + i);
    }

    await()
        .atMost(Voters.SOON)
        .untilAsserted(
            () ->
                assertThat(voters.stores.values())
                    .extracting(store -> store.image())
                    .allMatch(voters.store(node(1)).image()::equals)
                    .allMatch(image -> image.snapshot().version() == 3));
    PolicyStatus status = voters.store(voters.leader()).status();
    assertThat(status.voters()).containsExactly(node(1), node(2), node(3));
    assertThat(status.leader()).contains(voters.leader());
  }

  @Test
  void onlyALeaderThatKnowsOfThisVoteDecidesWhetherItIsOver() throws Exception {
    voters.grow(2);
    AtomixPolicyStore store = voters.store(node(2));
    long term = voters.store(voters.leader()).status().term();

    assertThat(store.isDecided(new Voting(List.of(node(1)), true, 0))).isFalse();
    assertThat(store.isDecided(new Voting(List.of(node(1)), true, term - 1))).isFalse();
    assertThat(store.isDecided(new Voting(List.of(node(1)), false, term))).isFalse();
    assertThat(store.isDecided(new Voting(List.of(node(1)), true, term))).isTrue();
    assertThat(store.isDecided(new Voting(List.of(node(1)), true, term + 1))).isTrue();
  }

  @Test
  void aRepeatedProposalCommitsOnceAndAConflictSaysSo() throws Exception {
    voters.grow(1);
    AtomixPolicyStore store = voters.store(node(1));
    Proposal once = voters.put("a", "{}", Change.ABSENT, 0);

    assertThat(store.propose(once).toCompletableFuture().get(9, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(store.propose(once).toCompletableFuture().get(9, TimeUnit.SECONDS)).isEqualTo(1);
    assertThatThrownBy(
            () ->
                store
                    .propose(voters.put("a", "{}", Change.ABSENT, 0))
                    .toCompletableFuture()
                    .get(9, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(PolicyException.class)
        .hasMessageContaining("expected version 0, found 1");
    assertThat(store.snapshot().version()).isEqualTo(1);
  }

  @Test
  void theNextLeaderHasWhateverTheLastOneAcknowledged() throws Exception {
    voters.grow(3);
    NodeId first = voters.leader();
    for (int i = 0; i < 20; i++) {
      voters.write(first, "m" + i);
    }

    voters.stop(first);
    NodeId survivor = voters.stores.firstKey();

    assertThat(voters.write(survivor, "after")).isEqualTo(21);
    for (int i = 0; i < 20; i++) {
      assertThat(voters.store(survivor).snapshot().get("Model", "m" + i)).isPresent();
    }
  }

  @Test
  void allOfThemComeBackWithEverything() throws Exception {
    voters.grow(3);
    for (int i = 0; i < 10; i++) {
      voters.write(node(1), "m" + i);
    }
    for (int i = 1; i <= 3; i++) {
      voters.stop(node(i));
    }

    for (int i = 1; i <= 3; i++) {
      voters.start(node(i), new TreeSet<>());
    }

    assertThat(voters.write(node(2), "after")).isEqualTo(11);
  }

  @Test
  void withoutAMajorityAWriteFailsSoonAndNamesWhoIsMissing() throws Exception {
    voters.grow(3);
    NodeId alone = node(1);
    voters.wires.cut(node(2));
    voters.wires.cut(node(3));
    await()
        .atMost(Voters.SOON)
        .until(() -> voters.store(alone).status().ageNanos() > 1_500_000_000L);

    long start = System.nanoTime();
    Proposal proposal = voters.put("a", "{}", Change.ANY, 0);

    assertThatThrownBy(
            () ->
                voters
                    .store(alone)
                    .propose(proposal)
                    .toCompletableFuture()
                    .get(9, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            PolicyException.class,
            e -> assertThat(e.code()).isEqualTo(PolicyException.Code.NO_QUORUM))
        .hasMessageContaining("2 of 3 voters unreachable")
        .hasMessageContaining(node(2).toString())
        .hasMessageContaining(node(3).toString());
    assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);

    voters.wires.heal();
    assertThat(voters.write(alone, "a")).isEqualTo(1);
  }

  @Test
  void aSurvivorRemovesADeadVoterOnlyOnceTheLeaderHasSeenItDead() throws Exception {
    voters.grow(3);
    NodeId leader = voters.leader();
    NodeId victim = leader.equals(node(3)) ? node(2) : node(3);
    voters.stop(victim);
    AtomixPolicyStore survivor = voters.store(leader);

    assertThatThrownBy(() -> survivor.remove(victim).toCompletableFuture().get(9, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(RefusedException.class);
    voters.dead.add(victim);
    survivor.remove(victim).toCompletableFuture().get(9, TimeUnit.SECONDS);

    assertThat(survivor.status().voters()).doesNotContain(victim).hasSize(2);
    voters.write(leader, "after");
    assertThat(survivor.snapshot().resources()).containsKey(new ResourceKey("Model", "after"));
  }

  @Test
  void whatItsProofDoesNotAllowIsRefused() throws Exception {
    voters.grow(1);
    Proposal good = voters.put("a", "{}", Change.ANY, 0);
    Proposal bad = new Proposal(good.id(), "another", 0, good.changes(), good.proof());

    assertThatThrownBy(
            () -> voters.store(node(1)).propose(bad).toCompletableFuture().get(9, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            PolicyException.class,
            e -> assertThat(e.code()).isEqualTo(PolicyException.Code.DENIED));
  }

  @Test
  void aVoterDoesNotTakeAnothersDirectoryForItsOwn() throws Exception {
    voters.grow(1);
    voters.stop(node(1));
    Files.move(voters.directory(node(1)), voters.directory(node(2)));

    assertThatThrownBy(() -> voters.start(node(2), new TreeSet<>()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is it another node's?");
  }
}
