// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rhizome.gossip.NodeId;
import javax.net.ssl.SSLSession;

/** Tells generated services who calls them: the TLS identity of the connection. */
final class Caller implements ServerInterceptor {
  static final Context.Key<NodeId> KEY = Context.key("rhizome-caller");
  static final Context.Key<SSLSession> SESSION = Context.key("rhizome-caller-session");

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Context caller =
        Context.current()
            .withValues(
                KEY,
                PeerIdentity.of(call),
                SESSION,
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    return Contexts.interceptCall(caller, call, headers, next);
  }
}
