// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.ConfigureResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Guard: a leader that hears of a later term in a configure request steps down. Atomix takes the
 * term and goes on leading in it. An empty append of that term, first, makes it follow.
 */
final class StepDownFirst extends ForwardingProtocol {
  private volatile @Nullable Function<AppendRequest, CompletableFuture<AppendResponse>> append;

  StepDownFirst(RaftServerProtocol next) {
    super(next);
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    append = handler;
    super.registerAppendHandler(handler);
  }

  @Override
  public void registerConfigureHandler(
      Function<ConfigureRequest, CompletableFuture<ConfigureResponse>> handler) {
    super.registerConfigureHandler(
        request -> {
          Function<AppendRequest, CompletableFuture<AppendResponse>> first = append;
          if (first == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("not started yet"));
          }
          return first.apply(empty(request)).thenCompose(unused -> handler.apply(request));
        });
  }

  private static AppendRequest empty(ConfigureRequest request) {
    return AppendRequest.builder()
        .withTerm(request.term())
        .withLeader(request.leader())
        .withPrevLogIndex(0)
        .withPrevLogTerm(0)
        .withEntries(List.of())
        .withCommitIndex(0)
        .build();
  }
}
