// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.FollowerPolicyStore;
import io.rhizome.node.policy.ImageFile;
import io.rhizome.node.policy.InMemoryPolicyStore;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyLimits;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyFeedTest {
  private static final NodeId VOTER = NodeId.of(new byte[NodeId.BYTES]);
  private static final int FOLLOWERS = 100;
  private static final Epochs NONE = epochs();
  private static final VotingEpoch NO_EPOCH = new VotingEpoch(NONE, () -> "");

  private final Random random = new Random(1);
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final PolicyStore voter =
      new InMemoryPolicyStore(VOTER, PolicyFeedTest::denyMallory, () -> 5);
  private final ManagedChannel channel =
      InProcessChannelBuilder.forName("policy-feed").directExecutor().build();
  private Server server;

  private static void denyMallory(PolicySnapshot policy, Proposal proposal) throws PolicyException {
    if (proposal.proof().subject().equals("mallory")) {
      throw new PolicyException(PolicyException.Code.DENIED, "mallory may not");
    }
  }

  /** Keeps nothing. */
  private static final class NoFile implements ImageFile {
    @Override
    public Optional<byte[]> load() {
      return Optional.empty();
    }

    @Override
    public void save(byte[] encoded) {}
  }

  /** Knows of no epoch; believes any. */
  private static Epochs epochs() {
    try {
      return new Epochs("mesh", epoch -> true, new NoFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void serve() throws IOException {
    server =
        InProcessServerBuilder.forName("policy-feed")
            .directExecutor()
            .addService(new PolicyFeedService(VOTER, voter, NO_EPOCH, thread))
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    thread.shutdownNow();
  }

  private FollowerPolicyStore follower() throws IOException {
    GrpcPolicySource source =
        new GrpcPolicySource(id -> id.equals(VOTER) ? channel : null, NONE, Runnable::run);
    FollowerPolicyStore follower =
        new FollowerPolicyStore(source, new NoFile(), thread, System::nanoTime, random);
    follower.onVoters(List.of(VOTER));
    return follower;
  }

  private Proposal proposal(String by) {
    return new Proposal(
        ProposalId.random(random),
        "mesh",
        voter.snapshot().version(),
        List.of(Change.put(new ResourceKey("Site", "edge"), "{}", Change.ANY)),
        new Proof(Proof.By.OPERATOR, by, Bytes.EMPTY, Bytes.EMPTY));
  }

  private void write(int times) {
    for (int i = 0; i < times; i++) {
      voter.propose(proposal("anna")).toCompletableFuture().join();
    }
  }

  @Test
  void aHundredFollowersGetEveryVersionOnceAndInOrder() throws IOException {
    List<FollowerPolicyStore> followers = new ArrayList<>();
    List<List<Long>> seen = new ArrayList<>();
    for (int i = 0; i < FOLLOWERS; i++) {
      FollowerPolicyStore follower = follower();
      List<Long> versions = new CopyOnWriteArrayList<>();
      follower.watch(
          0,
          new PolicyWatcher() {
            @Override
            public void onRecord(PolicyRecord record) {
              versions.add(record.version());
            }

            @Override
            public void onSnapshot(PolicySnapshot now) {
              versions.add(-now.version());
            }
          });
      followers.add(follower);
      seen.add(versions);
    }
    write(20);
    await().until(() -> followers.stream().allMatch(f -> f.snapshot().version() == 20));
    assertThat(seen)
        .allSatisfy(
            versions ->
                assertThat(versions)
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList()));
  }

  @Test
  void aFollowerThatWasAwayForLongGetsAnImage() throws IOException {
    write(PolicyLimits.MAX_RECORDS + 3);
    FollowerPolicyStore follower = follower();
    await().until(() -> follower.image().equals(voter.image()));
    write(1);
    await().until(() -> follower.image().equals(voter.image()));
  }

  @Test
  void aFollowerWritesThroughItsVoterAndIsToldWhyNot() throws IOException {
    FollowerPolicyStore follower = follower();
    await().until(() -> !follower.status().voters().isEmpty());
    assertThat(follower.propose(proposal("anna")).toCompletableFuture().join()).isEqualTo(1L);
    assertThatThrownBy(() -> follower.propose(proposal("mallory")).toCompletableFuture().join())
        .cause()
        .isInstanceOfSatisfying(
            PolicyException.class,
            e -> {
              assertThat(e.code()).isEqualTo(PolicyException.Code.DENIED);
              assertThat(e).hasMessage("mallory may not");
            });
  }

  @Test
  void aNodeWithoutAVoteIsNotFollowed() throws IOException {
    FollowerPolicyStore first = follower();
    await().until(() -> !first.status().voters().isEmpty());
    Server other =
        InProcessServerBuilder.forName("no-vote")
            .directExecutor()
            .addService(new PolicyFeedService(VOTER, first, NO_EPOCH, thread))
            .build()
            .start();
    ManagedChannel toOther = InProcessChannelBuilder.forName("no-vote").directExecutor().build();
    try {
      GrpcPolicySource source = new GrpcPolicySource(id -> toOther, NONE, Runnable::run);
      FollowerPolicyStore second =
          new FollowerPolicyStore(source, new NoFile(), thread, System::nanoTime, random);
      second.onVoters(List.of(VOTER));
      await().until(() -> !second.status().voters().isEmpty());
      assertThatThrownBy(() -> second.propose(proposal("anna")).toCompletableFuture().join())
          .hasMessageContaining("has no vote");
    } finally {
      toOther.shutdownNow();
      other.shutdownNow();
    }
  }

  @Test
  void whoeverVotesInAnOlderEpochIsNotFollowed() throws IOException {
    Epochs newer = epochs();
    newer.hear(new EpochStatement("mesh", 1, VOTER, VOTER, Bytes.EMPTY));
    Epochs older = epochs();
    Server old =
        InProcessServerBuilder.forName("old-epoch")
            .directExecutor()
            .addService(
                new PolicyFeedService(VOTER, voter, new VotingEpoch(older, () -> ""), thread))
            .build()
            .start();
    ManagedChannel toOld = InProcessChannelBuilder.forName("old-epoch").directExecutor().build();
    try {
      write(1);
      FollowerPolicyStore follower =
          new FollowerPolicyStore(
              new GrpcPolicySource(id -> toOld, newer, Runnable::run),
              new NoFile(),
              thread,
              System::nanoTime,
              random);
      follower.onVoters(List.of(VOTER));
      await().until(() -> older.current().equals(newer.current()));
      assertThatThrownBy(() -> follower.propose(proposal("anna")).toCompletableFuture().join())
          .hasMessageContaining("has no vote");
      assertThat(follower.snapshot().version()).isZero();
    } finally {
      toOld.shutdownNow();
      old.shutdownNow();
    }
  }

  @Test
  void aFollowerLearnsTheEpochOfTheVoterThatItFollows() throws IOException {
    Epochs known = epochs();
    EpochStatement begun = new EpochStatement("mesh", 1, VOTER, VOTER, Bytes.EMPTY);
    known.hear(begun);
    Server current =
        InProcessServerBuilder.forName("new-epoch")
            .directExecutor()
            .addService(
                new PolicyFeedService(VOTER, voter, new VotingEpoch(known, begun::label), thread))
            .build()
            .start();
    ManagedChannel toIt = InProcessChannelBuilder.forName("new-epoch").directExecutor().build();
    try {
      write(1);
      Epochs learning = epochs();
      FollowerPolicyStore follower =
          new FollowerPolicyStore(
              new GrpcPolicySource(id -> toIt, learning, Runnable::run),
              new NoFile(),
              thread,
              System::nanoTime,
              random);
      follower.onVoters(List.of(VOTER));
      await().until(() -> follower.snapshot().version() == 1);
      assertThat(learning.current()).contains(begun);
    } finally {
      toIt.shutdownNow();
      current.shutdownNow();
    }
  }
}
