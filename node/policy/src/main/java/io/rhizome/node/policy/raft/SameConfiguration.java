// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import io.atomix.protocols.raft.storage.system.Configuration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Guard: a node that joined under one leader gets its vote from the next. It names the membership
 * that it knows by an index and a term; a new leader tells it the old one in its own term, and then
 * Atomix refuses the promotion, for ever. The index alone says which membership it is.
 */
final class SameConfiguration extends ForwardingProtocol {
  private final Supplier<@Nullable Configuration> newest;

  SameConfiguration(RaftServerProtocol next, Supplier<@Nullable Configuration> newest) {
    super(next);
    this.newest = newest;
  }

  @Override
  public void registerReconfigureHandler(
      Function<ReconfigureRequest, CompletableFuture<ReconfigureResponse>> handler) {
    super.registerReconfigureHandler(request -> handler.apply(inItsTerm(request)));
  }

  private ReconfigureRequest inItsTerm(ReconfigureRequest request) {
    Configuration known = newest.get();
    if (known == null || known.index() != request.index()) {
      return request;
    }
    return ReconfigureRequest.builder()
        .withMember(request.member())
        .withIndex(request.index())
        .withTerm(known.term())
        .build();
  }
}
