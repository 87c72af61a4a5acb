// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Guard: what a majority acknowledged, the leader and each follower of it have forced. Atomix
 * acknowledges what is only in the operating system's memory. Entries are forced before they leave
 * the leader, and before a follower acknowledges them; a lone voter forces when it applies, see
 * {@link PolicyReplica}.
 */
final class ForcedLog extends ForwardingProtocol {
  private final LogForce log;

  ForcedLog(RaftServerProtocol next, LogForce log) {
    super(next);
    this.log = log;
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId to, AppendRequest request) {
    if (!request.entries().isEmpty()) {
      try {
        log.through(last(request));
      } catch (IllegalStateException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
    return super.append(to, request);
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    super.registerAppendHandler(
        request -> {
          if (request.entries().isEmpty()) {
            return handler.apply(request);
          }
          log.checkRoom();
          log.replacingAfter(request.prevLogIndex());
          return handler
              .apply(request)
              .thenApply(
                  response -> {
                    if (response.succeeded()) {
                      log.through(last(request));
                    }
                    return response;
                  });
        });
  }

  private static long last(AppendRequest request) {
    return request.prevLogIndex() + request.entries().size();
  }
}
