// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.ConnectivityState;
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
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Connections to peers: at most one per peer and event loop, made when first used, dropped when the
 * peer leaves the membership or comes back under another address or incarnation, and made anew when
 * used while it cannot be made: gRPC would not try again for up to two minutes. Any thread; does
 * not block.
 */
public final class MeshChannels implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;
  private static final int FLOW_CONTROL_WINDOW = 1 << 20;

  /** A connection that cannot be made is tried anew at most this often. */
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final EventLoops loops;
  private final MeshTls tls;
  private final Supplier<MembershipView> membership;
  private final int maxMessageBytes;
  private final ConcurrentMap<Key, Connection> connections = new ConcurrentHashMap<>();
  private final ConcurrentMap<NodeId, SslContext> contexts = new ConcurrentHashMap<>();

  private record Key(NodeId peer, EventLoop loop) {}

  private record Connection(
      ManagedChannel channel, Endpoint address, long incarnation, long madeNanos) {
    boolean isStuck() {
      return channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE
          && System.nanoTime() - madeNanos > RETRY_NANOS;
    }

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
    if (connection != null && !connection.isStuck()) {
      return connection.channel();
    }
    if (connection != null && connections.remove(key, connection)) {
      connection.channel().shutdown();
    }
    Member member = membership.get().members().get(peer);
    if (member == null || !member.status().usable()) {
      return null;
    }
    Connection made = connections.computeIfAbsent(key, k -> connect(k, member));
    // The membership may have moved on meanwhile, and its listener found nothing to drop.
    if (!made.leadsTo(membership.get().members().get(peer)) && connections.remove(key, made)) {
      made.channel().shutdown();
      return null;
    }
    return made.channel();
  }

  /** Drops the connections that no longer lead to a usable member. */
  public void onMembershipChange(MembershipView view) {
    contexts.keySet().retainAll(view.members().keySet());

    Iterator<Map.Entry<Key, Connection>> all = connections.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Key, Connection> entry = all.next();
      Member member = view.members().get(entry.getKey().peer());
      if (!entry.getValue().leadsTo(member)) {
        all.remove();
        drop(entry.getValue(), member);
      }
    }
  }

  /** What runs at a node that is gone is cut off, to be tried elsewhere; else it may still end. */
  private static void drop(Connection connection, @Nullable Member member) {
    boolean gone =
        member == null
            || member.status() == Member.Status.DEAD
            || member.incarnation() >>> 32 != connection.incarnation() >>> 32;
    if (gone) {
      connection.channel().shutdownNow();
    } else {
      connection.channel().shutdown();
    }
  }

  private SslContext context(NodeId peer) {
    try {
      return tls.client(peer);
    } catch (SSLException e) {
      throw new IllegalStateException("cannot set up TLS to " + peer.shortName(), e);
    }
  }

  private Connection connect(Key key, Member member) {
    Endpoint address = member.state().mesh();

    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port())
            .channelType(loops.clientChannel())
            .eventLoopGroup(key.loop())
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .sslContext(contexts.computeIfAbsent(key.peer(), this::context))
            .directExecutor()
            .disableRetry()
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .initialFlowControlWindow(FLOW_CONTROL_WINDOW)
            .maxInboundMessageSize(maxMessageBytes)
            .build();
    return new Connection(channel, address, member.incarnation(), System.nanoTime());
  }

  @Override
  public void close() {
    connections.values().forEach(connection -> connection.channel().shutdownNow());
    connections.clear();
  }
}
