// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.JoinRequest;
import io.rhizome.mesh.v1.JoinStatement;
import io.rhizome.node.identity.Nonces;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Where a joiner is let in: proposes what its statement says, in the name of its token. What the
 * token allows is for the voters to say. Any thread; does not block.
 */
public final class JoinDesk {
  private static final int MAX_AT_ONCE = 32;
  private static final int ATTEMPTS = 40;
  private static final long PAUSE_MILLIS = 50;

  private final NodeId self;
  private final PolicyStore store;
  private final Nonces nonces;
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger joining = new AtomicInteger();

  /**
   * A desk of this node.
   *
   * @param nanoClock such as {@link System#nanoTime}
   */
  public JoinDesk(NodeId self, PolicyStore store, LongSupplier nanoClock) {
    this.self = self;
    this.store = store;
    this.nonces = new Nonces(nanoClock);
  }

  /** What the next statement must carry. */
  public byte[] challenge() {
    return nonces.issue();
  }

  /**
   * Admits the holder of that key; completes once this node's policy says so, or with a {@link
   * PolicyException}, or with a gRPC status where the nonce is not good.
   */
  public CompletionStage<Void> join(PublicKey joiner, JoinRequest request) {
    JoinStatement statement;
    try {
      statement = JoinStatement.parseFrom(request.getStatement());
    } catch (InvalidProtocolBufferException e) {
      return CompletableFuture.failedFuture(
          new PolicyException(Code.INVALID, "the statement is damaged", e));
    }
    byte[] nonce = statement.getNonce().toByteArray();
    Status good = nonces.check(nonce);
    if (good.isOk()) {
      good = nonces.useUp(nonce);
    }
    if (good.isOk() && !Arrays.equals(statement.getSeed().toByteArray(), self.bytes())) {
      good = Status.UNAUTHENTICATED.withDescription("the statement is for another node");
    }
    if (!good.isOk()) {
      return CompletableFuture.failedFuture(good.asRuntimeException());
    }
    if (joining.incrementAndGet() > MAX_AT_ONCE) {
      joining.decrementAndGet();
      return CompletableFuture.failedFuture(
          new PolicyException(Code.NO_QUORUM, "too many join at once; try again in a moment"));
    }
    return attempt(joiner, statement, request, ATTEMPTS)
        .whenComplete((joined, failure) -> joining.decrementAndGet());
  }

  private CompletionStage<Void> attempt(
      PublicKey joiner, JoinStatement statement, JoinRequest request, int left) {
    NodeId id = NodeId.ofPublicKey(joiner.getEncoded());
    if (store.snapshot().resources().containsKey(AdmissionKind.NODE.key(id))) {
      // It came before, and has not heard the answer.
      return CompletableFuture.completedFuture(null);
    }
    Proposal proposal;
    try {
      proposal = proposal(joiner, statement, request);
    } catch (PolicyException e) {
      return CompletableFuture.failedFuture(e);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new PolicyException(Code.INVALID, String.valueOf(e.getMessage()), e));
    }
    return store
        .propose(proposal)
        .thenCompose(this::known)
        .handle((joined, failure) -> failure)
        .thenCompose(
            failure -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(null);
              }
              Throwable cause = PolicyException.cause(failure);
              boolean overtaken =
                  cause instanceof PolicyException refused && refused.code() == Code.CONFLICT;
              return overtaken && left > 1
                  ? CompletableFuture.supplyAsync(
                          () -> attempt(joiner, statement, request, left - 1),
                          CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS))
                      .thenCompose(again -> again)
                  : CompletableFuture.failedFuture(cause);
            });
  }

  private Proposal proposal(PublicKey joiner, JoinStatement statement, JoinRequest request)
      throws PolicyException {
    PolicySnapshot policy = store.snapshot();
    ResourceKey tokenKey = AdmissionKind.TOKEN.key(request.getTokenId());
    TokenBody body = JoinRules.token(policy, tokenKey);
    // The voters check all of it; what cannot pass does not get that far.
    JoinRules.requireSigned(
        body, request.getStatement().toByteArray(), request.getSignature().toByteArray());
    JoinRules.requireUnused(body);
    NodeId id = NodeId.ofPublicKey(joiner.getEncoded());
    Roster.Entry entry =
        new Roster.Entry(statement.getName(), id, joiner, new TreeMap<>(statement.getLabelsMap()));
    return new Proposal(
        ProposalId.random(random),
        statement.getMesh(),
        policy.version(),
        List.of(
            Change.put(AdmissionKind.NODE.key(id), EntryBody.of(entry), Change.ABSENT),
            Change.put(tokenKey, body.used().text(), JoinRules.version(policy, tokenKey))),
        new Proof(
            Proof.By.TOKEN,
            request.getTokenId(),
            Bytes.of(request.getStatement().toByteArray()),
            Bytes.of(request.getSignature().toByteArray())));
  }

  /** Completes when this node has that version. */
  private CompletionStage<Void> known(long version) {
    CompletableFuture<Void> known = new CompletableFuture<>();
    Runnable stop = store.watch(version - 1, new Until(version, known));
    return known.orTimeout(5, TimeUnit.SECONDS).whenComplete((done, failure) -> stop.run());
  }
}
