// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.service.impl.DefaultBackupInput;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.storage.log.entry.InitializeEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.storage.buffer.HeapBuffer;
import io.atomix.utils.serializer.Serializer;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is forced before what, and what stops a voter. */
class DurabilityTest {
  private static final MemberId OTHER = MemberId.from("other");

  private final VoterFailure failure = new VoterFailure();
  private final CountedForce force = new CountedForce(failure);
  private final RecordedProtocol far = new RecordedProtocol();

  private static AppendRequest append(long previous, long previousTerm, int entries, long commit) {
    List<RaftLogEntry> made = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      made.add(new InitializeEntry(3, 1));
    }
    return AppendRequest.builder()
        .withTerm(3)
        .withLeader(OTHER)
        .withPrevLogIndex(previous)
        .withPrevLogTerm(previousTerm)
        .withEntries(made)
        .withCommitIndex(commit)
        .build();
  }

  private static byte[] proposal() {
    return PolicyCodec.encode(
        new Proposal(
            new ProposalId(1, 2),
            "mesh",
            0,
            List.of(Change.put(new ResourceKey("Model", "a"), "{}", Change.ANY)),
            new Proof(Proof.By.OPERATOR, "x", Bytes.of(new byte[0]), Bytes.of(new byte[0]))));
  }

  @Test
  void aLeaderHearsOfNoAcknowledgementBeforeItHasForced() {
    Deque<Runnable> later = new ArrayDeque<>();
    ForcedLog guard = new ForcedLog(far, force, later::add);

    CompletableFuture<AppendResponse> first = guard.append(OTHER, append(4, 2, 1, 4));
    CompletableFuture<AppendResponse> second =
        guard.append(MemberId.from("third"), append(4, 2, 1, 4));
    assertThat(far.appended).as("both are under way").hasSize(2);
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
    later.forEach(Runnable::run);

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(force.forced).as("once for both followers").isEqualTo(1);
    assertThat(guard.append(OTHER, append(5, 3, 0, 5))).as("a heartbeat").isCompleted();
  }

  @Test
  void entriesThatWereReplacedBeforeTheirForceDoNotCountAsForced() {
    Deque<Runnable> later = new ArrayDeque<>();
    ForcedLog guard = new ForcedLog(far, force, later::add);
    guard.registerAppendHandler(
        request -> CompletableFuture.completedFuture(RecordedProtocol.success(request)));

    CompletableFuture<AppendResponse> stale = guard.append(OTHER, append(4, 2, 2, 4));
    far.receive(append(4, 3, 1, 4)).join();
    assertThat(force.forced).as("what a new leader put there").isEqualTo(1);
    later.remove().run();
    assertThat(stale).isCompleted();
    int before = force.forced;
    CompletableFuture<AppendResponse> fresh = guard.append(OTHER, append(5, 3, 1, 5));
    later.remove().run();

    assertThat(fresh).isCompleted();
    assertThat(force.forced).as("the entry in a replaced one's place").isEqualTo(before + 1);
  }

  @Test
  void aLeaderThatCannotForceHearsOfNoAcknowledgement() {
    ForcedLog guard = new ForcedLog(far, force, Runnable::run);
    force.broken = true;

    assertThatThrownBy(() -> guard.append(OTHER, append(4, 2, 1, 4)).join())
        .hasMessageContaining("read-only file system");

    assertThat(failure.cause()).hasMessageContaining("cannot force the log");
  }

  @Test
  void aFollowerForcesEntriesBeforeItAcknowledgesThem() {
    ForcedLog guard = new ForcedLog(far, force, Runnable::run);
    CompletableFuture<AppendResponse> written = new CompletableFuture<>();
    guard.registerAppendHandler(request -> written);

    CompletableFuture<AppendResponse> acknowledged = far.receive(append(4, 2, 1, 4));
    assertThat(force.forced).isZero();
    written.complete(RecordedProtocol.success(append(4, 2, 1, 4)));

    assertThat(acknowledged.join().succeeded()).isTrue();
    assertThat(force.forced).isEqualTo(1);
  }

  @Test
  void aFollowerForcesAgainWhatReplacedForcedEntries() {
    ForcedLog guard = new ForcedLog(far, force, Runnable::run);
    guard.registerAppendHandler(
        request -> CompletableFuture.completedFuture(RecordedProtocol.success(request)));

    far.receive(append(4, 2, 3, 4)).join();
    far.receive(append(4, 2, 1, 4)).join();

    assertThat(force.forced).isEqualTo(2);
  }

  @Test
  void aLoneVoterShowsNothingThatIsNotForced() {
    PolicyReplica replica = new PolicyReplica(force, failure, () -> 0, () -> 0, index -> {});
    force.broken = true;

    assertThatThrownBy(() -> replica.apply(7, PolicyReplica.PROPOSE, proposal(), 1))
        .hasMessageContaining("read-only file system");
    assertThat(replica.feed().image().snapshot().version()).isZero();

    PolicyReplica sound =
        new PolicyReplica(new CountedForce(), new VoterFailure(), () -> 0, () -> 0, index -> {});
    sound.apply(7, PolicyReplica.PROPOSE, proposal(), 1);
    assertThat(sound.feed().image().snapshot().version()).isEqualTo(1);
  }

  @Test
  void anUncomparedEmptyAppendCommitsNothing() {
    NoStaleCommit guard = new NoStaleCommit(far);
    List<AppendRequest> reached = new ArrayList<>();
    guard.registerAppendHandler(
        request -> {
          reached.add(request);
          return CompletableFuture.completedFuture(RecordedProtocol.success(request));
        });

    far.receive(append(40, 0, 0, 44)).join();
    far.receive(append(40, 2, 0, 40)).join();

    assertThat(reached).extracting(AppendRequest::commitIndex).containsExactly(0L, 40L);
    assertThat(reached).extracting(AppendRequest::prevLogIndex).containsExactly(40L, 40L);
  }

  @Test
  void anAppendThatComesAgainTakesNothingBack() {
    NoLostTail guard = new NoLostTail(far);
    List<AppendRequest> reached = new ArrayList<>();
    guard.registerAppendHandler(
        request -> {
          reached.add(request);
          return CompletableFuture.completedFuture(RecordedProtocol.success(request));
        });
    far.receive(append(0, 0, 2, 0)).join();
    far.receive(append(2, 3, 8, 2)).join();

    AppendResponse again = far.receive(append(0, 0, 2, 0)).join();

    assertThat(again.succeeded()).isTrue();
    assertThat(again.lastLogIndex()).isEqualTo(10);
    assertThat(reached).hasSize(2);
  }

  @Test
  void aSnapshotThatCannotBeReadStopsTheVoter() {
    PolicyReplica replica = new PolicyReplica(force, failure, () -> 5, () -> 5, index -> {});
    HeapBuffer damaged = HeapBuffer.allocate(64);
    damaged.writeInt(3).write(new byte[] {9, 9, 9}).flip();

    assertThatThrownBy(
            () ->
                replica.restore(
                    new DefaultBackupInput(damaged, Serializer.using(replica.namespace()))))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(failure.cause()).hasMessageContaining("snapshot of policy cannot be installed");
    assertThatThrownBy(() -> replica.apply(6, PolicyReplica.PROPOSE, proposal(), 1))
        .hasMessageContaining("stopped");
  }

  @Test
  void anEntryAfterASnapshotThatWasNeverInstalledStopsTheVoter() {
    PolicyReplica replica = new PolicyReplica(force, failure, () -> 5, () -> 5, index -> {});

    assertThatThrownBy(() -> replica.apply(6, PolicyReplica.PROPOSE, proposal(), 1))
        .hasMessageContaining("snapshot 5 could not be installed");

    assertThat(failure.cause()).isNotNull();
    assertThat(replica.feed().image().snapshot().version()).isZero();
  }

  @Test
  void aVoteIsRememberedOverARestart(@TempDir Path directory) throws Exception {
    NodeId first = Voters.node(1);
    NodeId second = Voters.node(2);
    assertThat(new VoteFile(directory.resolve("votes"), failure).claim(4, first)).isTrue();

    VoteFile again = new VoteFile(directory.resolve("votes"), failure);

    assertThat(again.claim(4, second)).isFalse();
    assertThat(again.claim(3, second)).isFalse();
    assertThat(again.claim(4, first)).isTrue();
    assertThat(again.claim(5, second)).isTrue();
  }
}
