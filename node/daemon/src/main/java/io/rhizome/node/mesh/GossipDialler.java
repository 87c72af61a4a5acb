// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.transport.Streams;
import io.rhizome.mesh.v1.GossipPacket;
import io.rhizome.mesh.v1.GossipServiceGrpc;
import io.rhizome.node.identity.MeshTls;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Opens streams for {@link GossipStreams}: a connection for each, which ends with it. */
final class GossipDialler {
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;
  private static final long FAREWELL_SECONDS = 2;

  private final EventLoops loops;
  private final SslContext tls;
  private final GossipStreams streams;

  /**
   * A dialler.
   *
   * @param tls takes any admitted node at the other end
   * @param streams told what becomes of what it opens
   */
  GossipDialler(EventLoops loops, SslContext tls, GossipStreams streams) {
    this.loops = loops;
    this.tls = tls;
    this.streams = streams;
  }

  /** Begins to open a stream; called under the lock of the streams. */
  GossipStream dial(Endpoint at, @Nullable NodeId wanted) {
    EventLoop loop = loops.current();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(at.host(), at.port())
            .channelType(loops.clientChannel())
            .eventLoopGroup(loop)
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) TimeUnit.SECONDS.toMillis(Streams.DIAL_SECONDS))
            .sslContext(tls)
            .directExecutor()
            .disableRetry()
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .build();
    return new Dialled(channel, loop, at, wanted).start();
  }

  private final class Dialled extends ClientCall.Listener<GossipPacket>
      implements GossipStream.Call {
    private final ManagedChannel channel;
    private final EventLoop loop;
    private final ClientCall<GossipPacket, GossipPacket> call;
    private final GossipStream stream;
    private volatile @Nullable NodeId peer;

    Dialled(ManagedChannel channel, EventLoop loop, Endpoint at, @Nullable NodeId wanted) {
      this.channel = channel;
      this.loop = loop;
      this.call = channel.newCall(GossipServiceGrpc.getExchangeMethod(), CallOptions.DEFAULT);
      this.stream = GossipStream.dialled(this, at, wanted);
    }

    GossipStream start() {
      call.start(this, new Metadata());
      call.request(1);
      later(this::giveUp, Streams.DIAL_SECONDS);
      return stream;
    }

    private void giveUp() {
      if (peer == null) {
        channel.shutdownNow();
      }
    }

    private void later(Runnable task, long seconds) {
      try {
        var unused = loop.schedule(task, seconds, TimeUnit.SECONDS);
      } catch (RejectedExecutionException e) {
        // The loops have stopped, and with them what ran there.
        channel.shutdownNow();
      }
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(GossipPacket packet) {
      call.sendMessage(packet);
    }

    @Override
    public void end() {
      call.halfClose();
      channel.shutdown();
      later(channel::shutdownNow, FAREWELL_SECONDS);
    }

    @Override
    public void onHeaders(Metadata headers) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      try {
        if (session == null) {
          throw new SSLPeerUnverifiedException("no TLS");
        }
        NodeId proved = MeshTls.peer(session);
        peer = proved;
        streams.onOpened(stream, proved);
      } catch (SSLPeerUnverifiedException e) {
        channel.shutdownNow();
      }
    }

    @Override
    public void onReady() {
      streams.onReady(stream);
    }

    @Override
    public void onMessage(GossipPacket packet) {
      NodeId from = peer;
      if (from != null) {
        streams.onPacket(stream, from, packet);
      }
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      streams.onEnded(stream, peer != null, status.getCode() + ": " + status.getDescription());
      channel.shutdownNow();
    }
  }
}
