// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.Voters.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.atomix.cluster.MemberId;
import io.atomix.primitive.operation.PrimitiveOperation;
import io.atomix.primitive.service.ServiceConfig;
import io.atomix.protocols.raft.RaftError;
import io.atomix.protocols.raft.ReadConsistency;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.utils.serializer.Serializer;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.Proposal;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What running voters do with messages that Atomix alone would obey. */
@Timeout(90)
class GuardsTest {
  private static final Serializer SERIALIZER = Serializer.using(RaftNamespaces.RAFT_PROTOCOL);
  private static final NodeId STRANGER = node(9);

  @TempDir private Path directory;
  private Voters voters;

  @BeforeEach
  void open() throws Exception {
    voters =
        new Voters(
            directory,
            (policy, proposal) -> {
              if (proposal.mesh().equals("another")) {
                throw new PolicyException(PolicyException.Code.DENIED, "of another mesh");
              }
            });
    voters.grow(3);
  }

  @AfterEach
  void close() {
    voters.close();
  }

  private Object send(NodeId from, NodeId to, String subject, Object request) throws Exception {
    return SERIALIZER.decode(
        new FencedTransport(voters.wires.of(from), voters.epochs(from), "")
            .call(to, subject, SERIALIZER.encode(request), 9_000_000_000L)
            .toCompletableFuture()
            .get(9, TimeUnit.SECONDS));
  }

  private static MemberId member(NodeId node) {
    return MemberId.from(node.toString());
  }

  private static VoteRequest vote(NodeId candidate, long term) {
    return VoteRequest.builder()
        .withTerm(term)
        .withCandidate(member(candidate))
        .withLastLogIndex(1000)
        .withLastLogTerm(term - 1)
        .build();
  }

  private static ConfigureRequest configure(NodeId leader, long term) {
    List<RaftMember> members =
        Stream.of(node(1), node(2), node(3))
            .<RaftMember>map(
                node -> new DefaultRaftMember(member(node), RaftMember.Type.ACTIVE, Instant.EPOCH))
            .toList();
    return ConfigureRequest.builder()
        .withTerm(term)
        .withLeader(member(leader))
        .withIndex(0)
        .withTime(1)
        .withMembers(new ArrayList<>(members))
        .build();
  }

  private static AppendRequest append(NodeId leader, long term) {
    return AppendRequest.builder()
        .withTerm(term)
        .withLeader(member(leader))
        .withPrevLogIndex(0)
        .withPrevLogTerm(0)
        .withEntries(new ArrayList<>())
        .withCommitIndex(0)
        .build();
  }

  @Test
  void aVoterVotesOnceInATermEvenAfterItFoundAndLostALeader() throws Exception {
    voters.stop(node(2));
    voters.stop(node(3));
    AtomixPolicyStore store = voters.store(node(1));
    long term = store.status().term() + 5;

    VoteResponse first = (VoteResponse) send(node(2), node(1), "vote", vote(node(2), term));
    send(node(2), node(1), "configure", configure(node(2), term));
    await().atMost(Voters.SOON).until(() -> store.status().leader().isEmpty());
    VoteResponse second = (VoteResponse) send(node(3), node(1), "vote", vote(node(3), term));

    assertThat(first.voted()).isTrue();
    assertThat(second.voted()).isFalse();
  }

  /** It may have been a voter before it lost its disk; the voter that it asks cannot know. */
  @Test
  void aNodeThatNoLeaderTookInDoesNotVote() throws Exception {
    voters.stop(node(2));
    voters.stop(node(3));
    AtomixPolicyStore store = voters.store(node(1));
    await().atMost(Voters.SOON).until(() -> store.status().leader().isEmpty());
    long term = store.status().term() + 5;
    voters.start(node(4), new TreeSet<>(Set.of(node(1))));
    await("it asks for a vote, which nobody can give it")
        .atMost(Voters.SOON)
        .ignoreExceptions()
        .until(() -> isOk(send(node(1), node(4), "append", append(node(1), term))));

    VoteResponse vote = (VoteResponse) send(node(1), node(4), "vote", vote(node(1), term + 1));

    assertThat(vote.voted()).isFalse();
  }

  private static boolean isOk(Object response) {
    return ((RaftResponse) response).status() == RaftResponse.Status.OK;
  }

  @Test
  void aLeaderThatIsConfiguredInALaterTermStepsDown() throws Exception {
    NodeId leader = voters.leader();
    NodeId other = leader.equals(node(1)) ? node(2) : node(1);
    long term = voters.store(leader).status().term() + 1;

    send(other, leader, "configure", configure(other, term));

    PolicyStatus status = voters.store(leader).status();
    assertThat(status.role() == PolicyStatus.Role.LEADER && status.term() == term)
        .as("leads a term in which nobody voted for it")
        .isFalse();
  }

  /** Or a node that joined under one leader would never get its vote from the next. */
  @Test
  void aMembershipThatWasToldInAnotherTermIsTheSame() throws Exception {
    NodeId leader = voters.leader();
    NodeId other = leader.equals(node(1)) ? node(2) : node(1);
    List<RaftResponse.Status> answers = new ArrayList<>();
    for (int index = 1; index <= 20; index++) {
      ReconfigureRequest request =
          ReconfigureRequest.builder()
              .withMember(
                  new DefaultRaftMember(member(other), RaftMember.Type.ACTIVE, Instant.EPOCH))
              .withIndex(index)
              .withTerm(99)
              .build();
      answers.add(((ReconfigureResponse) send(other, leader, "reconfigure", request)).status());
    }

    assertThat(answers).containsOnlyOnce(RaftResponse.Status.OK);
  }

  @Test
  void anAdmittedNodeWithoutAVoteIsRefusedWhateverItSends() {
    long term = voters.store(node(1)).status().term() + 1;
    InstallRequest install =
        InstallRequest.builder()
            .withTerm(term)
            .withLeader(member(STRANGER))
            .withIndex(1_000_000)
            .withTimestamp(1)
            .withVersion(1)
            .withOffset(0)
            .withData(new byte[4])
            .withComplete(true)
            .build();
    LeaveRequest leave =
        LeaveRequest.builder()
            .withMember(
                new DefaultRaftMember(member(node(2)), RaftMember.Type.ACTIVE, Instant.EPOCH))
            .build();

    refused(STRANGER, "vote", vote(STRANGER, term));
    refused(STRANGER, "append", append(STRANGER, term));
    refused(STRANGER, "configure", configure(STRANGER, term));
    refused(STRANGER, "install", install);
    refused(STRANGER, "leave", leave);
    refused(STRANGER, "openSession", open(STRANGER));
    refused(STRANGER, "command", command(1, voters.put("a", "{}", Change.ANY, 0)));
    refused(STRANGER, "publish-1", append(STRANGER, term));
  }

  @Test
  void aVoterSpeaksForNobodyElse() {
    long term = voters.store(node(1)).status().term() + 1;

    refused(node(3), "vote", vote(node(2), term));
    refused(node(3), "append", append(node(2), term));
    refused(node(3), "configure", configure(node(2), term));
    refused(
        node(3),
        "leave",
        LeaveRequest.builder()
            .withMember(
                new DefaultRaftMember(member(node(2)), RaftMember.Type.ACTIVE, Instant.EPOCH))
            .build());
  }

  private void refused(NodeId from, String subject, Object request) {
    assertThatThrownBy(() -> send(from, node(1), subject, request))
        .cause()
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("may not send " + subject);
  }

  private static OpenSessionRequest open(NodeId node) {
    return OpenSessionRequest.builder()
        .withMemberId(member(node))
        .withServiceName(PolicyReplica.NAME)
        .withServiceType(replica(new CountedForce(), new VoterFailure()))
        .withServiceConfig(
            Serializer.using(replica(new CountedForce(), new VoterFailure()).namespace())
                .encode(new ServiceConfig()))
        .withReadConsistency(ReadConsistency.LINEARIZABLE)
        .withMinTimeout(60_000)
        .withMaxTimeout(60_000)
        .build();
  }

  private static PolicyReplica replica(LogForce force, VoterFailure failure) {
    return new PolicyReplica(force, failure, () -> 0, () -> 0, index -> {});
  }

  private static CommandRequest command(long session, Proposal proposal) {
    return CommandRequest.builder()
        .withSession(session)
        .withSequence(1)
        .withOperation(
            PrimitiveOperation.operation(PolicyReplica.PROPOSE, PolicyCodec.encode(proposal)))
        .build();
  }

  @Test
  void theLeaderChecksAProposalThatAVoterPassesOn() throws Exception {
    NodeId leader = voters.leader();
    NodeId other = leader.equals(node(1)) ? node(2) : node(1);
    Proposal good = voters.put("a", "{}", Change.ANY, 0);
    Proposal bad = new Proposal(good.id(), "another", 0, good.changes(), good.proof());

    OpenSessionResponse session =
        (OpenSessionResponse) send(other, leader, "openSession", open(other));
    CommandResponse response =
        (CommandResponse) send(other, leader, "command", command(session.session(), bad));

    assertThat(response.error().type()).isEqualTo(RaftError.Type.APPLICATION_ERROR);
    assertThat(response.error().message()).isEqualTo("DENIED of another mesh");
    assertThat(voters.store(leader).snapshot().version()).isZero();
  }
}
