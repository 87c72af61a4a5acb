// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.protocols.raft.roles.ActiveRole;
import io.atomix.protocols.raft.storage.system.Configuration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Guard: a node that is getting a vote gives it before it hears that it has it. Its leader counts
 * it as soon as that is in the leader's log; if word of it is lost and that leader steps down,
 * Atomix lets the node refuse every candidate, and with two voters there would never be a leader
 * again. Raft has servers vote whatever membership they know themselves (Ongaro and Ousterhout
 * 2014, section 6); only who counts the node asks it.
 *
 * <p>Not before a leader took it in, though: a voter that lost its disk is a stranger until all
 * that it may have acknowledged is in a majority without it, and a leader takes nobody in before.
 */
final class EarlyVote extends ForwardingProtocol {
  private volatile @Nullable RaftContext raft;

  EarlyVote(RaftServerProtocol next) {
    super(next);
  }

  /** Whose votes those are. */
  void guard(RaftContext guarded) {
    raft = guarded;
  }

  /** Whether a leader took this node in, now or in an earlier run, and may count its vote. */
  boolean mayBeCounted() {
    RaftContext guarded = raft;
    Configuration known = guarded == null ? null : guarded.getCluster().getConfiguration();
    return known != null && known.index() > 0;
  }

  @Override
  public void registerPollHandler(Function<PollRequest, CompletableFuture<PollResponse>> handler) {
    super.registerPollHandler(request -> answer(request, handler, Joining::onPoll));
  }

  @Override
  public void registerVoteHandler(Function<VoteRequest, CompletableFuture<VoteResponse>> handler) {
    super.registerVoteHandler(request -> answer(request, handler, Joining::vote));
  }

  private <Q, R> CompletableFuture<R> answer(
      Q request,
      Function<Q, CompletableFuture<R>> handler,
      BiFunction<Joining, Q, CompletableFuture<R>> early) {
    RaftContext guarded = raft;
    if (guarded == null) {
      return handler.apply(request);
    }
    return CompletableFuture.completedFuture(request)
        .thenComposeAsync(
            asked ->
                guarded.getRole() == RaftServer.Role.PROMOTABLE && mayBeCounted()
                    ? early.apply(new Joining(guarded), asked)
                    : handler.apply(asked),
            guarded.getThreadContext());
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
    CompletableFuture<VoteResponse> vote(VoteRequest request) {
      boolean unused = updateTermAndLeader(request.term(), null);
      return CompletableFuture.completedFuture(handleVote(request));
    }
  }
}
