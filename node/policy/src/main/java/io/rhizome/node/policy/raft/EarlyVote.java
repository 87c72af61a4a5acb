// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.protocols.raft.roles.ActiveRole;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Guard: a node that asked for a vote gives it before it hears that it has it. Its leader counts it
 * as soon as that is in the leader's log; if word of it is lost and that leader steps down, Atomix
 * lets the node refuse every candidate, and with two voters there would never be a leader again.
 * Raft has servers vote whatever membership they know themselves (Ongaro and Ousterhout 2014,
 * section 6); only who counts the node asks it.
 */
final class EarlyVote extends ForwardingProtocol {
  private volatile @Nullable RaftContext raft;
  private volatile boolean asked;

  EarlyVote(RaftServerProtocol next) {
    super(next);
  }

  /** Whose votes those are. */
  void guard(RaftContext guarded) {
    raft = guarded;
  }

  /** Whether this run asked for a vote, so that it may be counted already. */
  boolean mayBeCounted() {
    return asked;
  }

  @Override
  public CompletableFuture<ReconfigureResponse> reconfigure(
      MemberId to, ReconfigureRequest request) {
    asked = true;
    return super.reconfigure(to, request);
  }

  @Override
  public void registerPollHandler(Function<PollRequest, CompletableFuture<PollResponse>> handler) {
    super.registerPollHandler(
        request -> answer(handler, request, role -> role.onPoll(request).join()));
  }

  @Override
  public void registerVoteHandler(Function<VoteRequest, CompletableFuture<VoteResponse>> handler) {
    super.registerVoteHandler(request -> answer(handler, request, role -> role.vote(request)));
  }

  private <Q, R> CompletableFuture<R> answer(
      Function<Q, CompletableFuture<R>> handler, Q request, Function<Joining, R> joining) {
    RaftContext guarded = raft;
    if (guarded == null) {
      return handler.apply(request);
    }
    CompletableFuture<CompletableFuture<R>> answer = new CompletableFuture<>();
    guarded
        .getThreadContext()
        .execute(
            () ->
                answer.complete(
                    guarded.getRole() == RaftServer.Role.PROMOTABLE
                        ? joined(guarded, joining)
                        : handler.apply(request)));
    return answer.thenCompose(Function.identity());
  }

  private static <R> CompletableFuture<R> joined(RaftContext raft, Function<Joining, R> joining) {
    try {
      return CompletableFuture.completedFuture(joining.apply(new Joining(raft)));
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Polls and votes as a voter does; it is never the role that Raft is in. */
  private static final class Joining extends ActiveRole {
    Joining(RaftContext raft) {
      super(raft);
    }

    @Override
    public RaftServer.Role role() {
      return RaftServer.Role.PROMOTABLE;
    }

    /** As {@link #onVote}, but it goes on joining. */
    VoteResponse vote(VoteRequest request) {
      boolean unused = updateTermAndLeader(request.term(), null);
      return handleVote(request);
    }
  }
}
