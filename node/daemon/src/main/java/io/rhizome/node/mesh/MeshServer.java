// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.access.Access;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.models.Models;
import io.rhizome.node.serving.Serving;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The mesh port, over mutual TLS only: what this node does for admitted peers, and the door by
 * which others are let in.
 */
public final class MeshServer implements AutoCloseable {
  private static final int FLOW_CONTROL_WINDOW = 1 << 20;
  private static final long MAX_BUDGET_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long MIN_KEEPALIVE_SECONDS = 5;
  private static final long KEEPALIVE_SECONDS = 10;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;

  private final Server server;
  private final MeshConnections connections;

  private MeshServer(Server server, MeshConnections connections) {
    this.server = server;
    this.connections = connections;
  }

  /**
   * Starts listening; {@link IOException} where that fails.
   *
   * @param admitted who may call more than {@code join}
   * @param services what else answers to admitted peers: policy, gossip
   * @param join what anybody may call who has proved its key
   * @param blockingThreads where calls that read files run
   */
  public static MeshServer start(
      InetSocketAddress address,
      MeshTls tls,
      NodeId self,
      Admitted admitted,
      Access access,
      Serving serving,
      Models models,
      List<? extends BindableService> services,
      JoinService join,
      EventLoops loops,
      Executor blockingThreads,
      int maxMessageBytes)
      throws IOException {
    MeshConnections connections = new MeshConnections(admitted);
    OnlyAdmitted only = new OnlyAdmitted(admitted);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelFactory(() -> connections.watched(loops.newServerChannel()))
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .sslContext(tls.server())
            .addTransportFilter(new PeerIdentity(connections))
            .directExecutor()
            .callExecutor(new BlockingCalls(blockingThreads))
            .initialFlowControlWindow(FLOW_CONTROL_WINDOW)
            .maxInboundMessageSize(maxMessageBytes)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(MIN_KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .addService(
                ServerInterceptors.intercept(
                    new ForwardService(self, access, serving, loops, MAX_BUDGET_NANOS).definition(),
                    only))
            .addService(ServerInterceptors.intercept(new ModelService(models), only))
            .addService(ServerInterceptors.intercept(join, new Caller()));
    for (BindableService service : services) {
      builder.addService(ServerInterceptors.intercept(service, new Caller(), only));
    }
    return new MeshServer(builder.build().start(), connections);
  }

  /** Closes the connections of nodes that are not admitted any more. Any thread. */
  public void closeRevoked() {
    connections.closeRevoked();
  }

  /** Stops accepting calls; those that run go on. */
  public void shutdown() {
    server.shutdown();
  }

  /** Waits for the calls that run, until that moment on the {@link System#nanoTime()} scale. */
  public void awaitEnd(long endNanos) throws InterruptedException {
    server.awaitTermination(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
