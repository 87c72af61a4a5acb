// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.serving.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The event loops that all of this node's connections share, clients' and peers' alike: so a
 * request can leave on the loop it came in on, and no thread has to wake another. Each has a beat,
 * {@value #BEAT_NANOS} ns apart: how late that is tells how far the loop is behind with its work.
 */
public final class EventLoops implements AutoCloseable {
  private static final long QUIET_MILLIS = 0;
  private static final long CLOSE_MILLIS = 2_000;

  private static final long BEAT_NANOS = 50_000_000L;

  private final EventLoopGroup group;
  private final List<EventLoop> loops = new ArrayList<>();
  private final AtomicLongArray beats;
  private final AtomicInteger next = new AtomicInteger();
  private final boolean epoll = Epoll.isAvailable();
  private final IoHandlerFactory io =
      epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();

  /** Starts {@code threads} loops, on epoll where there is one. */
  public EventLoops(int threads) {
    group =
        new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("rhizome-io", true), io);
    for (EventExecutor loop : group) {
      loops.add((EventLoop) loop);
    }
    beats = new AtomicLongArray(loops.size());
    for (int i = 0; i < loops.size(); i++) {
      beat(i);
    }
  }

  /** Sets when the next beat of that loop is due. */
  private void beat(int loop) {
    beats.set(loop, System.nanoTime() + BEAT_NANOS);
    var unused = loops.get(loop).schedule(() -> beat(loop), BEAT_NANOS, TimeUnit.NANOSECONDS);
  }

  /** All of them. */
  public EventLoopGroup group() {
    return group;
  }

  /** The loop that the calling thread is, else one in turn. */
  public EventLoop current() {
    for (EventLoop loop : loops) {
      if (loop.inEventLoop()) {
        return loop;
      }
    }
    return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
  }

  /** Timers of the loop that the calling thread is, else of one in turn. */
  public Timers timers() {
    EventLoop loop = current();
    return new Timers() {
      @Override
      public Cancellable schedule(Runnable task, long delayNanos) {
        Future<?> timer = loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
      }

      @Override
      public long lagNanos() {
        return Math.max(0, System.nanoTime() - beats.get(loops.indexOf(loop)));
      }
    };
  }

  /** Runs something again and again until these loops close; it must not block nor throw. */
  public void every(Duration period, Runnable task) {
    var unused =
        loops
            .get(0)
            .scheduleWithFixedDelay(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A loop to accept connections with, for a server that will stop it; it then stops at once. */
  public EventLoopGroup acceptor(String name) {
    return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), io) {
      @Override
      public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return super.shutdownGracefully(0, timeout, unit);
      }
    };
  }

  /** The kind of listening socket that these loops drive. */
  public Class<? extends ServerChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** A new listening socket that these loops drive, not yet bound. */
  public ServerChannel newServerChannel() {
    return epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
  }

  /** The kind of connecting socket that these loops drive. */
  public Class<? extends SocketChannel> clientChannel() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  @Override
  public void close() {
    group
        .shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS);
  }
}
