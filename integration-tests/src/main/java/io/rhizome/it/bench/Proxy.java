// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A plain forwarder of unary gRPC calls in grpc-java's fastest form, and nothing else: the bar that
 * one hop of the mesh is measured against. Clients speak plain text to it, it speaks TLS to one
 * upstream.
 *
 * <p>A call stays on one event loop: each loop that accepts connections has an upstream connection
 * of its own, executors are direct, and messages pass as the buffers they arrived in.
 */
final class Proxy implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final MethodDescriptor<InputStream, InputStream> MODEL_INFER =
      GRPCInferenceServiceGrpc.getModelInferMethod().toBuilder(
              new DetachedStreams(), new DetachedStreams())
          .build();

  private final EventLoopGroup acceptor = EventLoops.epoll("proxy-accept", 1);
  private final EventLoopGroup workers;
  private final Map<EventExecutor, ManagedChannel> upstreams = new LinkedHashMap<>();
  private final Server server;

  /**
   * Listens on a free port of loopback.
   *
   * @param upstreamPort of loopback, TLS
   * @param upstreamId the key hash that the upstream must prove
   * @param threads how many event loops, each with an upstream connection
   */
  Proxy(int upstreamPort, NodeId upstreamId, int threads) throws IOException {
    workers = EventLoops.epoll("proxy", threads);
    SslContext tls = PinnedTls.client(upstreamId);
    for (EventExecutor loop : workers) {
      upstreams.put(loop, connect((EventLoop) loop, upstreamPort, tls));
    }
    server =
        NettyServerBuilder.forAddress(EventLoops.loopback(0))
            .channelType(EpollServerSocketChannel.class)
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(workers)
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .addService(modelInferOnly())
            .build()
            .start();
  }

  private static ManagedChannel connect(EventLoop loop, int port, SslContext tls) {
    return NettyChannelBuilder.forAddress(EventLoops.loopback(port))
        .channelType(EpollSocketChannel.class)
        .eventLoopGroup(loop)
        .directExecutor()
        .disableRetry()
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .sslContext(tls)
        .build();
  }

  /**
   * Runs a proxy until standard input ends, so that it outlives nobody: prints {@code port PORT},
   * then waits.
   *
   * @param args the upstream's port, its id, the number of event loops
   */
  public static void main(String[] args) throws IOException {
    int threads = Integer.parseInt(args[2]);
    try (Proxy proxy = new Proxy(Integer.parseInt(args[0]), NodeId.parse(args[1]), threads)) {
      System.out.println("port " + proxy.port());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  int port() {
    return server.getPort();
  }

  private ServerServiceDefinition modelInferOnly() {
    return ServerServiceDefinition.builder(GRPCInferenceServiceGrpc.SERVICE_NAME)
        .addMethod(MODEL_INFER, this::relay)
        .build();
  }

  private ServerCall.Listener<InputStream> relay(
      ServerCall<InputStream, InputStream> in, Metadata headers) {
    ClientCall<InputStream, InputStream> out =
        upstreamOfThisLoop().newCall(MODEL_INFER, CallOptions.DEFAULT);
    out.start(new Backward(in), headers);
    in.request(2);
    out.request(2);
    return new Forward(out);
  }

  private ManagedChannel upstreamOfThisLoop() {
    for (Map.Entry<EventExecutor, ManagedChannel> upstream : upstreams.entrySet()) {
      if (upstream.getKey().inEventLoop()) {
        return upstream.getValue();
      }
    }
    throw new IllegalStateException("a call outside of the proxy's event loops");
  }

  /** From the client to the upstream. */
  private static final class Forward extends ServerCall.Listener<InputStream> {
    private final ClientCall<InputStream, InputStream> out;

    Forward(ClientCall<InputStream, InputStream> out) {
      this.out = out;
    }

    @Override
    public void onMessage(InputStream message) {
      out.sendMessage(message);
    }

    @Override
    public void onHalfClose() {
      out.halfClose();
    }

    @Override
    public void onCancel() {
      out.cancel("the client went away", null);
    }
  }

  /** From the upstream to the client. */
  private static final class Backward extends ClientCall.Listener<InputStream> {
    private final ServerCall<InputStream, InputStream> in;

    Backward(ServerCall<InputStream, InputStream> in) {
      this.in = in;
    }

    @Override
    public void onHeaders(Metadata headers) {
      in.sendHeaders(headers);
    }

    @Override
    public void onMessage(InputStream message) {
      in.sendMessage(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      in.close(status, trailers);
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    upstreams.values().forEach(ManagedChannel::shutdownNow);
    EventLoops.stop(workers);
    EventLoops.stop(acceptor);
  }
}
