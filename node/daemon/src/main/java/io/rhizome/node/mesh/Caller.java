// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rhizome.gossip.NodeId;

/** Tells generated services who calls them: the TLS identity of the connection. */
final class Caller implements ServerInterceptor {
  static final Context.Key<NodeId> KEY = Context.key("rhizome-caller");

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Context caller = Context.current().withValue(KEY, PeerIdentity.of(call));
    return Contexts.interceptCall(caller, call, headers, next);
  }
}
