// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Netty's threads and addresses, as both the proxy and the load's client use them. */
public final class EventLoops {
  private EventLoops() {}

  /** A group of daemon threads; {@link UnsatisfiedLinkError} where there is no epoll. */
  public static EventLoopGroup epoll(String name, int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
  }

  /** Ends a group's threads; returns when they have ended. Never called on one of them. */
  public static void stop(EventLoopGroup group) {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** A port of loopback; 0 for any. */
  public static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
