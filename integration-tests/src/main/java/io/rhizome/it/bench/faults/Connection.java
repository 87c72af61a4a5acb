// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.rhizome.it.bench.EventLoops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A connection to a node's public port on loopback, and the one thread on which all its calls begin
 * and end. Any thread.
 */
final class Connection implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(10);

  private final EventLoopGroup loop = EventLoops.epoll("faults-client", 1);
  private final ManagedChannel channel;

  private Connection(int port) {
    channel =
        NettyChannelBuilder.forAddress(EventLoops.loopback(port))
            .channelType(EpollSocketChannel.class)
            .eventLoopGroup(loop)
            .usePlaintext()
            .directExecutor()
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
  }

  /** So many to that port, all of them standing: no request's time has their making in it. */
  static List<Connection> open(int port, int count) {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      connections.add(new Connection(port));
    }
    Awaitility.await("connections to port " + port)
        .atMost(LIMIT)
        .pollInterval(LOOK)
        .until(
            () ->
                connections.stream()
                    .allMatch(c -> c.channel.getState(true) == ConnectivityState.READY));
    return connections;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Runs it on the connection's thread, soon. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  /** Runs it on the connection's thread, later. */
  void schedule(Runnable task, long delayNanos) {
    var unused = loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  /** Runs it on the connection's thread again and again, until this is closed. */
  void repeat(Runnable task, long periodNanos) {
    var unused = loop.scheduleAtFixedRate(task, periodNanos, periodNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    EventLoops.stop(loop);
  }
}
