// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.handler.ssl.SslContext;
import io.rhizome.node.mesh.BlockingCalls;
import io.rhizome.node.mesh.EventLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The public gRPC port, in plain text or over TLS by the node's own key, or one port of each. Set
 * up by one thread.
 */
public final class ApiServer implements AutoCloseable {
  private static final int FLOW_CONTROL_WINDOW = 1 << 20;

  private final HealthStatusManager health = new HealthStatusManager();
  private final List<ServerServiceDefinition> services;
  private final JobService jobs;
  private final EventLoops loops;
  private final Executor blockingThreads;
  private final int maxMessageBytes;
  private final List<Server> servers = new CopyOnWriteArrayList<>();

  /**
   * A server of these services, not yet listening.
   *
   * @param blockingThreads where calls that may block run; inference runs on the event loops
   */
  public ApiServer(
      ServerServiceDefinition inference,
      AdminService admin,
      PolicyService policy,
      JobService jobs,
      AccessGuard guard,
      EventLoops loops,
      Executor blockingThreads,
      int maxMessageBytes) {
    this.services =
        List.of(
            ServerInterceptors.intercept(inference, guard),
            ServerInterceptors.intercept(admin, guard),
            ServerInterceptors.intercept(policy, guard),
            ServerInterceptors.intercept(jobs, guard),
            health.getHealthService().bindService(),
            ProtoReflectionServiceV1.newInstance().bindService());
    this.jobs = jobs;
    this.loops = loops;
    this.blockingThreads = blockingThreads;
    this.maxMessageBytes = maxMessageBytes;
    health.setStatus("", ServingStatus.NOT_SERVING);
  }

  /** Listens in plain text; {@link IOException} names the address where that fails. */
  public void listen(InetSocketAddress address) throws IOException {
    servers.add(builder(address).build().start());
  }

  /** Listens over TLS; likewise. */
  public void listenSecure(InetSocketAddress address, SslContext tls) throws IOException {
    servers.add(builder(address).sslContext(tls).build().start());
  }

  private NettyServerBuilder builder(InetSocketAddress address) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(loops.serverChannel())
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .directExecutor()
            .initialFlowControlWindow(FLOW_CONTROL_WINDOW)
            .maxInboundMessageSize(maxMessageBytes)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    services.forEach(builder::addService);
    builder.callExecutor(new BlockingCalls(blockingThreads));
    return builder;
  }

  /** What the standard health service says from now on. */
  public void setReady(boolean ready) {
    health.setStatus("", ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /** Stops accepting calls; those that run go on, save those that would only look on. */
  public void shutdown() {
    health.enterTerminalState();
    jobs.leave();
    servers.forEach(Server::shutdown);
  }

  /** Waits for the calls that run, until that moment on the {@link System#nanoTime()} scale. */
  public void awaitEnd(long endNanos) throws InterruptedException {
    for (Server server : servers) {
      server.awaitTermination(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void close() {
    servers.forEach(Server::shutdownNow);
  }
}
