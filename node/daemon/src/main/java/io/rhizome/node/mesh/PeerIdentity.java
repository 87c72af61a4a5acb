// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.MeshTls;
import java.net.SocketAddress;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Learns who the peer of each connection is, once, from its TLS session. */
final class PeerIdentity extends ServerTransportFilter {
  private static final Attributes.Key<NodeId> PEER = Attributes.Key.create("rhizome-peer");

  private final MeshConnections connections;

  /** Tells these who is at the other end. */
  PeerIdentity(MeshConnections connections) {
    this.connections = connections;
  }

  /** Who made this call. */
  static NodeId of(ServerCall<?, ?> call) {
    NodeId peer = call.getAttributes().get(PEER);
    if (peer == null) {
      throw new IllegalStateException("a call on the mesh port without a TLS peer");
    }
    return peer;
  }

  @Override
  public Attributes transportReady(Attributes transport) {
    SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      throw Status.UNAUTHENTICATED.withDescription("the mesh port speaks TLS").asRuntimeException();
    }
    try {
      NodeId peer = MeshTls.peer(session);
      SocketAddress from = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      if (from != null) {
        connections.identified(from, peer);
      }
      return transport.toBuilder().set(PEER, peer).build();
    } catch (SSLPeerUnverifiedException e) {
      throw Status.UNAUTHENTICATED
          .withDescription("the peer showed no certificate")
          .withCause(e)
          .asRuntimeException();
    }
  }
}
