// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/** A load's own connections to nodes' public ports on loopback. Any thread. */
public final class ClientChannels {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(10);

  private ClientChannels() {}

  /** One to that port, whose calls begin and end on that loop and are never retried. */
  public static ManagedChannel to(int port, EventLoopGroup loop) {
    return NettyChannelBuilder.forAddress(EventLoops.loopback(port))
        .channelType(EpollSocketChannel.class)
        .eventLoopGroup(loop)
        .usePlaintext()
        .directExecutor()
        .disableRetry()
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .build();
  }

  /** Returns once all of them stand: no request's time has their making in it. */
  public static void awaitStanding(List<ManagedChannel> channels) {
    Awaitility.await("connections to nodes")
        .atMost(LIMIT)
        .pollInterval(LOOK)
        .until(
            () ->
                channels.stream()
                    .allMatch(channel -> channel.getState(true) == ConnectivityState.READY));
  }

  /** Returns at that moment, of {@link System#nanoTime}. */
  public static void awaitTime(long atNanos) {
    for (long left = atNanos - System.nanoTime(); left > 0; left = atNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
