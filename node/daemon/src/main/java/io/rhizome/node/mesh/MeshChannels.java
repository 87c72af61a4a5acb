// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.MeshTls;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Connections to peers: at most one per peer and event loop, made when first used, dropped when the
 * peer leaves the membership or comes back under another address or incarnation. Any thread; does
 * not block.
 */
public final class MeshChannels implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;
  private static final int FLOW_CONTROL_WINDOW = 1 << 20;

  private final EventLoops loops;
  private final MeshTls tls;
  private final Supplier<MembershipView> membership;
  private final int maxMessageBytes;
  private final ConcurrentMap<Key, Connection> connections = new ConcurrentHashMap<>();

  private record Key(NodeId peer, EventLoop loop) {}

  private record Connection(ManagedChannel channel, Endpoint address, long incarnation) {
    boolean leadsTo(@Nullable Member member) {
      return member != null
          && member.status().usable()
          && member.incarnation() >>> 32 == incarnation >>> 32
          && member.state().mesh().equals(address);
    }
  }

  /** Channels to the members of this membership. */
  public MeshChannels(
      EventLoops loops, MeshTls tls, Supplier<MembershipView> membership, int maxMessageBytes) {
    this.loops = loops;
    this.tls = tls;
    this.membership = membership;
    this.maxMessageBytes = maxMessageBytes;
  }

  /** The channel to that peer on the calling event loop; null where it is no usable member. */
  @Nullable ManagedChannel to(NodeId peer) {
    Key key = new Key(peer, loops.current());
    Connection connection = connections.get(key);
    if (connection != null) {
      return connection.channel();
    }
    Member member = membership.get().members().get(peer);
    if (member == null || !member.status().usable()) {
      return null;
    }
    return connections.computeIfAbsent(key, k -> connect(k, member)).channel();
  }

  /** Drops the connections that no longer lead to a usable member. */
  public void onMembershipChange(MembershipView view) {
    List<ManagedChannel> stale = new ArrayList<>();
    Iterator<Map.Entry<Key, Connection>> all = connections.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Key, Connection> entry = all.next();
      if (!entry.getValue().leadsTo(view.members().get(entry.getKey().peer()))) {
        all.remove();
        stale.add(entry.getValue().channel());
      }
    }
    // Not shutdownNow: what still runs there may still be answered.
    stale.forEach(ManagedChannel::shutdown);
  }

  private Connection connect(Key key, Member member) {
    Endpoint address = member.state().mesh();
    SslContext context;
    try {
      context = tls.client(key.peer());
    } catch (SSLException e) {
      throw new IllegalStateException("cannot set up TLS to " + key.peer().shortName(), e);
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port())
            .channelType(loops.clientChannel())
            .eventLoopGroup(key.loop())
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .sslContext(context)
            .directExecutor()
            .disableRetry()
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .initialFlowControlWindow(FLOW_CONTROL_WINDOW)
            .maxInboundMessageSize(maxMessageBytes)
            .build();
    return new Connection(channel, address, member.incarnation());
  }

  @Override
  public void close() {
    connections.values().forEach(connection -> connection.channel().shutdownNow());
    connections.clear();
  }
}
