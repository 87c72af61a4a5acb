// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admitted;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections that peers opened to this node: those of a node that is revoked are closed, and
 * those of nodes that are not admitted are few and short. Any thread.
 */
final class MeshConnections {
  private static final int MAX_STRANGERS = 64;
  private static final long STRANGER_SECONDS = 30;

  private final Admitted admitted;
  private final ConcurrentMap<SocketAddress, Connection> open = new ConcurrentHashMap<>();
  private final AtomicInteger strangers = new AtomicInteger();

  private static final class Connection {
    final Channel channel;
    volatile boolean known;
    volatile NodeId peer = NodeId.of(new byte[NodeId.BYTES]);

    Connection(Channel channel) {
      this.channel = channel;
    }
  }

  MeshConnections(Admitted admitted) {
    this.admitted = admitted;
  }

  /** Sees what this socket accepts; call before it listens. */
  <C extends ServerChannel> C watched(C socket) {
    socket
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object accepted) {
                accepted((Channel) accepted);
                context.fireChannelRead(accepted);
              }
            });
    return socket;
  }

  private void accepted(Channel channel) {
    SocketAddress from = channel.remoteAddress();
    if (from != null) {
      Connection connection = new Connection(channel);
      open.put(from, connection);
      channel.closeFuture().addListener(closed -> open.remove(from, connection));
    }
  }

  /** The peer there has proved who it is. */
  void identified(SocketAddress from, NodeId peer) {
    Connection connection = open.get(from);
    if (connection == null) {
      return;
    }
    connection.peer = peer;
    connection.known = true;
    if (admitted.isNode(peer)) {
      return;
    }
    Channel channel = connection.channel;
    int count = strangers.incrementAndGet();
    channel.closeFuture().addListener(closed -> strangers.decrementAndGet());
    if (count > MAX_STRANGERS) {
      var unused = channel.close();
      return;
    }
    var unused =
        channel
            .eventLoop()
            .schedule(() -> closeUnlessAdmitted(connection), STRANGER_SECONDS, TimeUnit.SECONDS);
  }

  private void closeUnlessAdmitted(Connection connection) {
    if (!admitted.isNode(connection.peer)) {
      var unused = connection.channel.close();
    }
  }

  /** Closes the connections of nodes that were admitted, and are not any more. */
  void closeRevoked() {
    open.values().stream()
        .filter(connection -> connection.known)
        .forEach(this::closeUnlessAdmitted);
  }
}
