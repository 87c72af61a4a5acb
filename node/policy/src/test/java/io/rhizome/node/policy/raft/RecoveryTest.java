// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.Voters.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.Epochs.Standing;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.ProposalId;
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

/** A majority of the voters is lost for good, and one goes on in a new epoch. */
@Timeout(120)
class RecoveryTest {
  @TempDir private Path directory;
  private Voters voters;

  @BeforeEach
  void open() {
    voters = new Voters(directory, (policy, proposal) -> {});
  }

  @AfterEach
  void close() {
    voters.close();
  }

  /** What a node does to go on alone. */
  private PolicyImage recover(NodeId survivor, long epoch) throws Exception {
    AtomixPolicyStore old = voters.store(survivor);
    EpochStatement statement = SignedEpochs.signed(epoch, survivor);
    PolicyImage last = old.retire().toCompletableFuture().get(10, TimeUnit.SECONDS);
    PolicyImage begun = statement.begin(last, new ProposalId(epoch, 0), 5);
    assertThat(voters.epochs(survivor).hear(statement)).isEqualTo(Standing.SAME);
    voters.stop(survivor);
    setAside(survivor);
    voters.labels.put(survivor, statement.label());
    AtomixPolicyStore store = voters.start(survivor, new TreeSet<>());
    store.ready().toCompletableFuture().get(20, TimeUnit.SECONDS);
    store.begin(begun).toCompletableFuture().get(20, TimeUnit.SECONDS);
    return begun;
  }

  private void joinsTheEpochOf(NodeId survivor, NodeId joiner) {
    EpochStatement statement = SignedEpochs.signed(1, survivor);
    voters.epochs(joiner).hear(statement);
    voters.labels.put(joiner, statement.label());
  }

  private void setAside(NodeId node) throws IOException {
    Path old = voters.directory(node);
    Files.move(old, old.resolveSibling(old.getFileName() + "-old"));
  }

  private static boolean mayDecide(AtomixPolicyStore store) {
    return store.status().ageNanos() < TimeUnit.SECONDS.toNanos(1);
  }

  @Test
  void theSurvivorGoesOnWithWhatItHasAndGrowsAgain() throws Exception {
    voters.grow(3);
    for (int i = 0; i < 5; i++) {
      voters.write(node(1), "m" + i);
    }
    await().atMost(Voters.SOON).until(() -> voters.store(node(3)).snapshot().version() == 5);
    voters.stop(node(1));
    voters.stop(node(2));

    PolicyImage begun = recover(node(3), 1);

    assertThat(voters.store(node(3)).image()).isEqualTo(begun);
    assertThat(begun.snapshot().resources()).hasSize(5);
    assertThat(voters.write(node(3), "after")).isEqualTo(1_000_001);
    joinsTheEpochOf(node(3), node(4));
    voters
        .start(node(4), new TreeSet<>(List.of(node(3))))
        .ready()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    await()
        .atMost(Voters.SOON)
        .until(() -> voters.store(node(4)).image().equals(voters.store(node(3)).image()));
  }

  @Test
  void whatItBeganWithSurvivesARestart() throws Exception {
    voters.grow(1);
    voters.write(node(1), "before");
    recover(node(1), 1);
    voters.write(node(1), "after");
    voters.stop(node(1));

    AtomixPolicyStore again = voters.start(node(1), new TreeSet<>());
    again.ready().toCompletableFuture().get(20, TimeUnit.SECONDS);

    assertThat(again.image().records())
        .extracting(PolicyRecord::version)
        .containsExactly(1_000_000L, 1_000_001L);
    assertThat(again.snapshot().get("Model", "before")).isPresent();
  }

  @Test
  void aLargePolicyBeginsInParts() throws Exception {
    voters.grow(1);
    String body = "\"" + "x".repeat(30 << 10) + "\"";
    AtomixPolicyStore store = voters.store(node(1));
    for (int i = 0; i < 40; i++) {
      store
          .propose(voters.put("m" + i, body, Change.ANY, store.snapshot().version()))
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    }

    PolicyImage begun = recover(node(1), 1);

    assertThat(voters.store(node(1)).image()).isEqualTo(begun);
    assertThat(begun.snapshot().resources()).hasSize(40);
    joinsTheEpochOf(node(1), node(2));
    voters
        .start(node(2), new TreeSet<>(List.of(node(1))))
        .ready()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    await().atMost(Voters.SOON).until(() -> voters.store(node(2)).image().equals(begun));
  }

  @Test
  void theOldVotersComeBackAndDecideNothing() throws Exception {
    voters.grow(3);
    voters.write(node(1), "before");
    await().atMost(Voters.SOON).until(() -> voters.store(node(3)).snapshot().version() == 1);
    voters.stop(node(1));
    voters.stop(node(2));
    recover(node(3), 1);

    AtomixPolicyStore first = voters.start(node(1), new TreeSet<>());
    AtomixPolicyStore second = voters.start(node(2), new TreeSet<>());

    await()
        .atMost(Voters.SOON)
        .until(
            () ->
                voters.epochs(node(1)).current().isPresent()
                    && voters.epochs(node(2)).current().isPresent());
    await().atMost(Voters.SOON).until(() -> !mayDecide(first) && !mayDecide(second));
    assertThatThrownBy(
            () ->
                first
                    .propose(voters.put("late", "{}", Change.ANY, first.snapshot().version()))
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS))
        .hasMessageContaining("2 of 3 voters unreachable");
    assertThat(voters.write(node(3), "after")).isEqualTo(1_000_001);
  }

  @Test
  void ofTwoVotersOneIsLostAndTheOtherGoesOnAndGrowsAgain() throws Exception {
    voters.grow(2);
    voters.write(node(1), "before");
    await().atMost(Voters.SOON).until(() -> voters.store(node(2)).snapshot().version() == 1);
    voters.stop(node(1));
    assertThatThrownBy(() -> voters.write(node(2), "lost"))
        .hasMessageContaining("1 of 2 voters unreachable")
        .hasMessageContaining("rhizome policy recover --from");

    recover(node(2), 1);

    assertThat(voters.write(node(2), "after")).isEqualTo(1_000_001);
    joinsTheEpochOf(node(2), node(3));
    voters
        .start(node(3), new TreeSet<>(List.of(node(2))))
        .ready()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
    assertThat(voters.write(node(3), "grown")).isEqualTo(1_000_002);
  }

  @Test
  void aGrowthThatIsInterruptedByARestartOfTheJoinerGoesOn() throws Exception {
    voters.grow(2);
    voters.wires.cut(node(3));
    AtomixPolicyStore joiner = voters.start(node(3), new TreeSet<>(List.of(node(1), node(2))));
    assertThat(joiner.ready().toCompletableFuture()).isNotDone();
    voters.stop(node(3));
    voters.wires.heal();

    voters
        .start(node(3), new TreeSet<>(List.of(node(1), node(2))))
        .ready()
        .toCompletableFuture()
        .get(40, TimeUnit.SECONDS);

    assertThat(voters.write(node(3), "grown")).isEqualTo(1);
    await().atMost(Voters.SOON).until(() -> voters.store(node(1)).status().voters().size() == 3);
  }

  @Test
  void aGrowthThatIsInterruptedByARestartOfTheLeaderGoesOn() throws Exception {
    voters.grow(1);
    AtomixPolicyStore joiner = voters.start(node(2), new TreeSet<>(List.of(node(1))));
    voters.stop(node(1));
    voters.start(node(1), new TreeSet<>());

    joiner.ready().toCompletableFuture().get(40, TimeUnit.SECONDS);

    assertThat(voters.write(node(2), "grown")).isEqualTo(1);
  }

  @Test
  void aForgedEpochStopsNobody() throws Exception {
    voters.grow(3);

    assertThat(voters.epochs(node(1)).hear(SignedEpochs.forged(1, node(3))))
        .isEqualTo(Standing.UNPROVEN);

    assertThat(voters.write(node(1), "still")).isEqualTo(1);
  }

  @Test
  void nobodyButTheNodeItselfBeginsItsPolicy() throws Exception {
    voters.grow(1);
    Senders senders = new Senders(node(1), any -> true, any -> true, any -> false);
    var request =
        CommandRequest.builder()
            .withSession(1)
            .withSequence(1)
            .withOperation(PrimitiveOperation.operation(PolicyReplica.RESTORE, new byte[8]))
            .build();

    assertThatThrownBy(() -> senders.check(node(2), "command", request))
        .isInstanceOf(RefusedException.class);
    senders.check(node(1), "command", request);
  }

  @Test
  void policyThatHasBegunCannotBeginAnew() throws Exception {
    voters.grow(1);
    voters.write(node(1), "before");
    AtomixPolicyStore store = voters.store(node(1));
    PolicyImage other =
        SignedEpochs.signed(1, node(1)).begin(PolicyImage.EMPTY, new ProposalId(3, 3), 5);

    assertThatThrownBy(() -> store.begin(other).toCompletableFuture().get(20, TimeUnit.SECONDS))
        .hasMessageContaining("policy has begun: version 1");
    assertThat(store.snapshot().version()).isEqualTo(1);
  }

  @Test
  void theSurvivorKeepsWhatItHadNotYetBeenToldIsCommitted() throws Exception {
    voters.grow(3);
    NodeId leader = voters.leader();
    for (int i = 0; i < 10; i++) {
      voters.write(leader, "m" + i);
    }
    NodeId survivor = leader.equals(node(3)) ? node(2) : node(3);

    PolicyImage last =
        voters.store(survivor).retire().toCompletableFuture().get(10, TimeUnit.SECONDS);

    assertThat(last.snapshot().version()).isGreaterThanOrEqualTo(9);
  }
}
