// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.rhizome.gossip.NodeId;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Guard: one vote in a term. Atomix forgets its vote whenever it finds or loses a leader. A
 * candidate's asking is its vote for itself.
 */
final class OneVotePerTerm extends ForwardingProtocol {
  private final NodeId self;
  private final VoteFile votes;

  OneVotePerTerm(RaftServerProtocol next, NodeId self, VoteFile votes) {
    super(next);
    this.self = self;
    this.votes = votes;
  }

  @Override
  public CompletableFuture<VoteResponse> vote(MemberId to, VoteRequest request) {
    try {
      if (votes.claim(request.term(), self)) {
        return super.vote(to, request);
      }
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
    return CompletableFuture.failedFuture(
        new IllegalStateException("this node has voted in term " + request.term()));
  }

  @Override
  public void registerVoteHandler(Function<VoteRequest, CompletableFuture<VoteResponse>> handler) {
    super.registerVoteHandler(
        request -> handler.apply(request).thenApply(response -> once(request, response)));
  }

  private VoteResponse once(VoteRequest request, VoteResponse response) {
    if (!response.voted() || votes.claim(request.term(), NodeId.parse(request.candidate().id()))) {
      return response;
    }
    return VoteResponse.builder()
        .withStatus(RaftResponse.Status.OK)
        .withTerm(response.term())
        .withVoted(false)
        .build();
  }
}
