// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.rhizome.gossip.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The far side of a guard: what left, and the handler that a message would reach. */
final class RecordedProtocol extends ForwardingProtocol {
  final List<AppendRequest> appended = new ArrayList<>();
  private @Nullable Function<AppendRequest, CompletableFuture<AppendResponse>> append;

  RecordedProtocol() {
    super(
        new RaftWire(
            NodeId.of(new byte[NodeId.BYTES]),
            new Wires().of(NodeId.of(new byte[NodeId.BYTES])),
            new Senders(NodeId.of(new byte[NodeId.BYTES]), any -> true, any -> true, any -> false),
            Executors.newSingleThreadScheduledExecutor(),
            () -> 1));
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId to, AppendRequest request) {
    appended.add(request);
    return CompletableFuture.completedFuture(success(request));
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    append = handler;
  }

  CompletableFuture<AppendResponse> receive(AppendRequest request) {
    return Objects.requireNonNull(append).apply(request);
  }

  static AppendResponse success(AppendRequest request) {
    return AppendResponse.builder()
        .withStatus(RaftResponse.Status.OK)
        .withTerm(request.term())
        .withSucceeded(true)
        .withLastLogIndex(request.prevLogIndex() + request.entries().size())
        .build();
  }
}
