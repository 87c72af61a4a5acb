// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Guard: what a majority acknowledged, the leader and each follower of it have forced. Atomix
 * acknowledges what is only in the operating system's memory. A follower forces entries before it
 * acknowledges them, a leader while they are under way (Ongaro's thesis, section 10.2.1): it hears
 * of no acknowledgement before that is done. A lone voter forces when it applies, see {@link
 * PolicyReplica}.
 */
final class ForcedLog extends ForwardingProtocol {
  private final LogForce log;
  private final Executor afterSending;

  /**
   * A guard that forces that log.
   *
   * @param afterSending where a leader forces: runs what it is given after what called it
   */
  ForcedLog(RaftServerProtocol next, LogForce log, Executor afterSending) {
    super(next);
    this.log = log;
    this.afterSending = afterSending;
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId to, AppendRequest request) {
    CompletableFuture<AppendResponse> answer = super.append(to, request);
    if (request.entries().isEmpty()) {
      return answer;
    }
    return CompletableFuture.runAsync(log.throughLater(last(request)), afterSending)
        .thenCombine(answer, (forced, response) -> response);
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
