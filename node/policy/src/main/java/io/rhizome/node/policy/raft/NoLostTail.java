// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Guard: an append that was repeated, or came late, takes nothing back. Where its previous entry's
 * term is 0 Atomix empties the log before it writes; what this voter acknowledged in the same term
 * would go. Within a term a leader only ever adds, so all that was acknowledged is still its log.
 */
final class NoLostTail extends ForwardingProtocol {
  private long term;
  private long acknowledged;

  NoLostTail(RaftServerProtocol next) {
    super(next);
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    super.registerAppendHandler(
        request -> {
          long known = known(request.term());
          boolean resets = request.prevLogTerm() == 0 && !request.entries().isEmpty();
          if (resets && request.prevLogIndex() < known) {
            return CompletableFuture.completedFuture(already(request.term(), known));
          }
          return handler
              .apply(request)
              .thenApply(
                  response -> {
                    if (response.succeeded() && !request.entries().isEmpty()) {
                      acknowledged(request.term(), response.lastLogIndex());
                    }
                    return response;
                  });
        });
  }

  private synchronized long known(long inTerm) {
    return inTerm == term ? acknowledged : 0;
  }

  private synchronized void acknowledged(long inTerm, long index) {
    if (inTerm > term) {
      term = inTerm;
      acknowledged = index;
    } else if (inTerm == term) {
      acknowledged = Math.max(acknowledged, index);
    }
  }

  private static AppendResponse already(long term, long index) {
    return AppendResponse.builder()
        .withStatus(RaftResponse.Status.OK)
        .withTerm(term)
        .withSucceeded(true)
        .withLastLogIndex(index)
        .build();
  }
}
