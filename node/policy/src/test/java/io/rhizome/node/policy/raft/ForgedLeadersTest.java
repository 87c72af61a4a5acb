// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.Voters.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.primitive.service.ServiceConfig;
import io.atomix.protocols.raft.ReadConsistency;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.storage.log.entry.CommandEntry;
import io.atomix.protocols.raft.storage.log.entry.OpenSessionEntry;
import io.atomix.protocols.raft.storage.log.entry.RaftLogEntry;
import io.atomix.utils.serializer.Serializer;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One running voter, two later leaders that are made up: what Atomix would do, it does not. */
@Timeout(90)
class ForgedLeadersTest {
  private static final Serializer SERIALIZER = Serializer.using(RaftNamespaces.RAFT_PROTOCOL);
  private static final NodeId VOTER = node(1);

  @TempDir private Path directory;
  private Voters voters;
  private AtomixPolicyStore store;
  private long term;
  private long last;

  @BeforeEach
  void open() throws Exception {
    voters = new Voters(directory, (policy, proposal) -> {});
    voters.grow(3);
    store = voters.store(VOTER);
    voters.write(VOTER, "before");
    term = store.status().term();
    voters.stop(node(2));
    voters.stop(node(3));
    AppendResponse probe = append(node(2), term + 1, 1 << 20, term, List.of(), 0);
    assertThat(probe.succeeded()).isFalse();
    last = probe.lastLogIndex();
  }

  @AfterEach
  void close() {
    voters.close();
  }

  private static MemberId member(NodeId node) {
    return MemberId.from(node.toString());
  }

  private Object send(NodeId from, String subject, Object request) throws Exception {
    return SERIALIZER.decode(
        new FencedTransport(voters.wires.of(from), voters.epochs(from), "")
            .call(VOTER, subject, SERIALIZER.encode(request), 9_000_000_000L)
            .toCompletableFuture()
            .get(9, TimeUnit.SECONDS));
  }

  private AppendResponse append(
      NodeId leader,
      long inTerm,
      long previous,
      long previousTerm,
      List<RaftLogEntry> entries,
      long commit)
      throws Exception {
    AppendRequest request =
        AppendRequest.builder()
            .withTerm(inTerm)
            .withLeader(member(leader))
            .withPrevLogIndex(previous)
            .withPrevLogTerm(previousTerm)
            .withEntries(new ArrayList<>(entries))
            .withCommitIndex(commit)
            .build();
    return (AppendResponse) send(leader, "append", request);
  }

  private RaftLogEntry session(long inTerm) {
    PolicyReplica type =
        new PolicyReplica(new CountedForce(), new VoterFailure(), () -> 0, () -> 0, index -> {});
    return new OpenSessionEntry(
        inTerm,
        System.currentTimeMillis(),
        node(2).toString(),
        PolicyReplica.NAME,
        PolicyReplica.NAME,
        Serializer.using(type.namespace()).encode(new ServiceConfig()),
        ReadConsistency.LINEARIZABLE,
        600_000,
        600_000);
  }

  private RaftLogEntry put(long inTerm, long session, long sequence, String name) {
    byte[] proposal =
        PolicyCodec.encode(voters.put(name, "{}", Change.ANY, store.snapshot().version()));
    return new CommandEntry(
        inTerm,
        System.currentTimeMillis(),
        session,
        sequence,
        PrimitiveOperation.operation(PolicyReplica.PROPOSE, proposal));
  }

  private List<String> names() {
    return store.image().records().stream()
        .map(PolicyRecord::changes)
        .map(changes -> changes.get(0).key().name())
        .toList();
  }

  @Test
  void whatANewLeaderReplacedIsNeverApplied() throws Exception {
    long session = last + 1;
    List<RaftLogEntry> first =
        List.of(
            session(term + 1),
            put(term + 1, session, 1, "kept"),
            put(term + 1, session, 2, "lost"));
    assertThat(append(node(2), term + 1, last, term, first, session).succeeded()).isTrue();

    List<RaftLogEntry> second = List.of(put(term + 2, session, 2, "instead"));
    assertThat(append(node(3), term + 2, session + 1, term + 1, second, session + 2).succeeded())
        .isTrue();

    await().atMost(Voters.SOON).until(() -> store.snapshot().version() == 3);
    assertThat(names()).containsExactly("before", "kept", "instead");
  }

  @Test
  void anAppendThatComparesNothingCommitsNothing() throws Exception {
    long session = last + 1;
    List<RaftLogEntry> first = List.of(session(term + 1), put(term + 1, session, 1, "uncommitted"));
    assertThat(append(node(2), term + 1, last, term, first, session).succeeded()).isTrue();

    append(node(3), term + 2, session + 1, 0, List.of(), session + 1);
    List<RaftLogEntry> second = List.of(put(term + 2, session, 1, "instead"));
    append(node(3), term + 2, session, term + 1, second, session + 1);

    await().atMost(Voters.SOON).until(() -> store.snapshot().version() == 2);
    assertThat(names()).containsExactly("before", "instead");
  }

  @Test
  void aVoterWithADamagedSnapshotStops() throws Exception {
    InstallRequest damaged =
        InstallRequest.builder()
            .withTerm(term + 1)
            .withLeader(member(node(2)))
            .withIndex(last + 10)
            .withTimestamp(1)
            .withVersion(1)
            .withOffset(0)
            .withData(new byte[64])
            .withComplete(true)
            .build();
    send(node(2), "install", damaged);
    List<RaftLogEntry> next = List.of(session(term + 1), put(term + 1, last + 11, 1, "after"));
    append(node(2), term + 1, last + 10, 0, next, last + 12);

    await().atMost(Voters.SOON).until(this::stopped);
    assertThat(store.snapshot().version()).isEqualTo(1);
  }

  private boolean stopped() {
    try {
      store.propose(voters.put("more", "{}", Change.ANY, 1)).toCompletableFuture().join();
      return false;
    } catch (CompletionException e) {
      return e.getCause() instanceof PolicyException refused
          && refused.code() == PolicyException.Code.FAILED
          && String.valueOf(refused.getMessage()).contains("snapshot");
    }
  }
}
