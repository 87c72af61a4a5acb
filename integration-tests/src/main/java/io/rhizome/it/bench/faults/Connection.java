// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import io.rhizome.it.bench.ClientChannels;
import io.rhizome.it.bench.EventLoops;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A connection to a node's public port on loopback, and the one thread on which all its calls begin
 * and end. Any thread.
 */
final class Connection implements AutoCloseable {

  private final EventLoopGroup loop = EventLoops.epoll("faults-client", 1);
  private final ManagedChannel channel;

  private Connection(int port) {
    channel = ClientChannels.to(port, loop);
  }

  /** So many to that port, all of them standing: no request's time has their making in it. */
  static List<Connection> open(int port, int count) {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      connections.add(new Connection(port));
    }
    ClientChannels.awaitStanding(connections.stream().map(Connection::channel).toList());
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
