// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Guard: an append whose previous entry nobody compared commits nothing. Atomix does not compare
 * where the previous entry's term is 0, which is so after the leader compacted its log, and then
 * takes the leader's commit index for whatever entries it has.
 */
final class NoStaleCommit extends ForwardingProtocol {
  NoStaleCommit(RaftServerProtocol next) {
    super(next);
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    super.registerAppendHandler(request -> handler.apply(uncommitting(request)));
  }

  private static AppendRequest uncommitting(AppendRequest request) {
    if (!request.entries().isEmpty() || request.prevLogTerm() != 0) {
      return request;
    }
    return AppendRequest.builder()
        .withTerm(request.term())
        .withLeader(request.leader())
        .withPrevLogIndex(request.prevLogIndex())
        .withPrevLogTerm(0)
        .withEntries(request.entries())
        .withCommitIndex(0)
        .build();
  }
}
