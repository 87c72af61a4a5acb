// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyException.Code;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VoterRoundTest {
  private static final NodeId A = node(1);
  private static final NodeId B = node(2);
  private static final NodeId C = node(3);
  private static final Proposal PROPOSAL =
      new Proposal(
          new ProposalId(1, 2),
          "mesh",
          0,
          List.of(Change.put(new ResourceKey("Site", "edge"), "{}", Change.ANY)),
          new Proof(Proof.By.OPERATOR, "anna", Bytes.EMPTY, Bytes.EMPTY));

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final Map<NodeId, CompletableFuture<Long>> asked = new ConcurrentSkipListMap<>();

  private static NodeId node(int first) {
    byte[] id = new byte[NodeId.BYTES];
    id[0] = (byte) first;
    return NodeId.of(id);
  }

  /** Remembers who was asked; the test answers. */
  private final class Source implements PolicySource {
    @Override
    public Runnable follow(NodeId voter, long after, Listener listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Long> propose(NodeId voter, Proposal proposal) {
      CompletableFuture<Long> answer = new CompletableFuture<>();
      asked.put(voter, answer);
      return answer;
    }
  }

  private CompletableFuture<Long> propose() {
    return VoterRound.propose(new Source(), PROPOSAL, List.of(A, B, C), thread)
        .toCompletableFuture();
  }

  private CompletableFuture<Long> of(NodeId voter) {
    return Objects.requireNonNull(asked.get(voter));
  }

  private static PolicyException noQuorum() {
    return new PolicyException(Code.NO_QUORUM, "no quorum (2 of 3 voters unreachable)");
  }

  private static Code code(CompletableFuture<Long> result) {
    PolicyException refused = (PolicyException) result.handle((version, failure) -> failure).join();
    return refused.code();
  }

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void asksOneVoterWhereThatOneAnswers() {
    CompletableFuture<Long> result = propose();
    of(A).complete(7L);
    assertThat(result.join()).isEqualTo(7);
    assertThat(asked).containsOnlyKeys(A);
  }

  @Test
  void asksAllOthersAtOnceWhereTheFirstSeesNoQuorumAndTakesTheOneThatDoes() {
    CompletableFuture<Long> result = propose();
    of(A).completeExceptionally(noQuorum());
    assertThat(asked).containsOnlyKeys(A, B, C);
    of(C).complete(8L);
    assertThat(result.join()).isEqualTo(8);
  }

  @Test
  void asksAllOthersWhereTheFirstIsSilent() {
    CompletableFuture<Long> result = propose();
    await().until(() -> asked.size() == 3);
    of(B).complete(9L);
    assertThat(result.join()).isEqualTo(9);
  }

  @Test
  void saysNoQuorumOnceAllHaveSaidSo() {
    CompletableFuture<Long> result = propose();
    of(A).completeExceptionally(noQuorum());
    of(B).completeExceptionally(new ConnectException("refused"));
    assertThat(result).isNotDone();
    of(C).completeExceptionally(new ConnectException("refused"));
    assertThat(code(result)).isEqualTo(Code.NO_QUORUM);
    assertThatThrownBy(result::join).hasMessageContaining("2 of 3 voters unreachable");
  }

  @Test
  void isToldWithinThreeSecondsThoughTwoVotersNeverAnswer() throws Exception {
    CompletableFuture<Long> result = propose();
    await().until(() -> asked.size() == 3);
    of(B).completeExceptionally(noQuorum());
    assertThatThrownBy(() -> result.get(3, TimeUnit.SECONDS))
        .hasMessageContaining("2 of 3 voters unreachable")
        .hasMessageContaining(A.shortName() + ": no answer yet");
    assertThat(code(result)).isEqualTo(Code.UNKNOWN);
  }

  @Test
  void aReasonedRefusalDecides() {
    CompletableFuture<Long> result = propose();
    of(A).completeExceptionally(new PolicyException(Code.CONFLICT, "found 9"));
    assertThat(code(result)).isEqualTo(Code.CONFLICT);
    assertThat(asked).containsOnlyKeys(A);
  }

  @Test
  void whatOneVoterMayHaveCommittedIsNotCalledLost() {
    CompletableFuture<Long> result = propose();
    of(A).completeExceptionally(new PolicyException(Code.UNKNOWN, "no answer in time"));
    of(B).completeExceptionally(noQuorum());
    of(C).completeExceptionally(noQuorum());
    assertThat(code(result)).isEqualTo(Code.UNKNOWN);
  }
}
