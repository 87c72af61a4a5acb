// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FollowerPolicyStoreTest {
  private static final NodeId VOTER = node(1);
  private static final NodeId GONE = node(2);

  private final Random random = new Random(1);
  private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1);
  private final PolicyStore voter =
      new InMemoryPolicyStore(VOTER, (policy, proposal) -> {}, () -> 5);
  private final Source source = new Source();
  private final Saved saved = new Saved();

  private static NodeId node(int first) {
    byte[] id = new byte[NodeId.BYTES];
    id[0] = (byte) first;
    return NodeId.of(id);
  }

  /** One voter within this process, and one that is never there. */
  private final class Source implements PolicySource {
    final List<Listener> listeners = new CopyOnWriteArrayList<>();

    @Override
    public Runnable follow(NodeId from, long after, Listener listener) {
      if (!from.equals(VOTER)) {
        listener.onEnd("nobody is there");
        return () -> {};
      }
      listeners.add(listener);
      listener.onVoting(new Voting(List.of(VOTER), true, 1));
      return voter.watch(
          after,
          new PolicyWatcher() {
            @Override
            public void onRecord(PolicyRecord record) {
              listener.onRecord(record);
            }

            @Override
            public void onSnapshot(PolicySnapshot now) {
              listener.onImage(voter.image());
            }
          });
    }

    @Override
    public CompletionStage<Long> propose(NodeId to, Proposal proposal) {
      return to.equals(VOTER)
          ? voter.propose(proposal)
          : CompletableFuture.failedFuture(new ConnectException("nobody is there"));
    }
  }

  private static final class Saved implements ImageFile {
    volatile byte[] bytes = new byte[0];

    @Override
    public Optional<byte[]> load() {
      return bytes.length == 0 ? Optional.empty() : Optional.of(bytes);
    }

    @Override
    public void save(byte[] encoded) {
      bytes = encoded;
    }
  }

  private FollowerPolicyStore follower() throws IOException {
    return new FollowerPolicyStore(source, saved, thread, System::nanoTime, random);
  }

  private Proposal proposal() {
    return new Proposal(
        ProposalId.random(random),
        "mesh",
        voter.snapshot().version(),
        List.of(Change.put(new ResourceKey("Site", "edge"), "{}", Change.ANY)),
        new Proof(Proof.By.OPERATOR, "anna", Bytes.EMPTY, Bytes.EMPTY));
  }

  private void write(int times) {
    for (int i = 0; i < times; i++) {
      voter.propose(proposal()).toCompletableFuture().join();
    }
  }

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void hasEveryVersionOnceAndInOrderThoughItsVoterBreaksOff() throws IOException {
    FollowerPolicyStore follower = follower();
    List<Long> seen = new CopyOnWriteArrayList<>();
    follower.watch(
        0,
        new PolicyWatcher() {
          @Override
          public void onRecord(PolicyRecord record) {
            seen.add(record.version());
          }

          @Override
          public void onSnapshot(PolicySnapshot now) {
            seen.add(-now.version());
          }
        });
    write(3);
    follower.onVoters(List.of(GONE, VOTER));
    await().until(() -> follower.snapshot().version() == 3);
    source.listeners.get(0).onEnd("cut off");
    write(4);
    await().until(() -> follower.snapshot().version() == 7);
    assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(1, 7).boxed().toList());
    assertThat(follower.image()).isEqualTo(voter.image());
  }

  @Test
  void takesAnImageWhereRecordsAreForgotten() throws IOException {
    write(PolicyLimits.MAX_RECORDS + 5);
    FollowerPolicyStore follower = follower();
    follower.onVoters(List.of(VOTER));
    await().until(() -> follower.image().equals(voter.image()));
  }

  @Test
  void startsWithItsCopyWhereNoVoterIsThere() throws IOException {
    write(2);
    FollowerPolicyStore first = follower();
    first.onVoters(List.of(VOTER));
    await().until(() -> saved.bytes.length > 0 && first.snapshot().version() == 2);
    first.close();
    await().until(() -> PolicyCodec.followerCopy(saved.bytes).image().snapshot().version() == 2);
    FollowerPolicyStore second = follower();
    assertThat(second.image()).isEqualTo(voter.image());
    assertThat(second.status().voters()).containsExactly(VOTER);
  }

  @Test
  void closedWhileItWaitsItFollowsNobodyAnyMore() throws IOException {
    FollowerPolicyStore follower = follower();
    follower.onVoters(List.of(GONE));
    await().until(() -> !follower.status().voters().isEmpty());
    follower.close();
    await("no tick to come").until(() -> thread.getQueue().isEmpty());
    follower.onNewVoters(List.of(VOTER));
    await().until(() -> follower.status().voters().equals(List.of(VOTER)));
    assertThat(source.listeners).isEmpty();
  }

  @Test
  void writesThroughWhicheverVoterIsThere() throws IOException {
    FollowerPolicyStore follower = follower();
    follower.onVoters(List.of(GONE, VOTER));
    await().until(() -> !follower.status().voters().isEmpty());
    assertThat(follower.propose(proposal()).toCompletableFuture().join()).isEqualTo(1L);
  }

  @Test
  void saysWhomItDidNotReach() throws IOException {
    FollowerPolicyStore follower = follower();
    List<NodeId> nobody = new ArrayList<>(List.of(GONE));
    follower.onVoters(nobody);
    await().until(() -> !follower.status().voters().isEmpty());
    assertThatThrownBy(() -> follower.propose(proposal()).toCompletableFuture().join())
        .hasMessageContaining(GONE.shortName() + ": nobody is there")
        .cause()
        .isInstanceOfSatisfying(
            PolicyException.class,
            e -> assertThat(e.code()).isEqualTo(PolicyException.Code.NO_QUORUM));
  }

  @Test
  void leavesAVoterThatSkipsAVersion() throws IOException {
    FollowerPolicyStore follower = follower();
    follower.onVoters(List.of(VOTER));
    write(1);
    await().until(() -> follower.snapshot().version() == 1);
    source
        .listeners
        .get(0)
        .onRecord(new PolicyRecord(9, new ProposalId(1, 1), "x", 1, proposal().changes()));
    await().until(() -> source.listeners.size() == 2);
    assertThat(follower.snapshot().version()).isEqualTo(1);
  }
}
