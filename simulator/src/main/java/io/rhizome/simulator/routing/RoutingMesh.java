// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Router;
import io.rhizome.simulator.EventQueue;
import io.rhizome.simulator.VirtualTime;
import java.nio.ByteBuffer;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Nodes, links and time of one simulation of requests. Nodes go by their numbers, from 0.
 *
 * <p>The same seed, setup and calls give the same events. Single-threaded.
 */
public final class RoutingMesh {
  private static final long TICK_NANOS = 250_000_000L;

  private final VirtualTime time = new VirtualTime();
  private final EventQueue queue = new EventQueue(time);
  private final Setup setup;
  private final Beliefs beliefs;
  private final RouterSource routers;
  private final Watch watch;
  private final Streams streams;
  private final Links links;
  private final RoutedNode[] nodes;
  private final @Nullable Board board;
  private int started;

  /** Where nodes get their routers. */
  public interface RouterSource {
    /** The router of that node, which just started in that mesh. */
    Router router(RoutingMesh mesh, int node);
  }

  /** A mesh at moment 0. */
  public RoutingMesh(long seed, Setup setup, Beliefs beliefs, RouterSource routers, Watch watch) {
    this.setup = setup;
    this.beliefs = beliefs;
    this.routers = routers;
    this.watch = watch;
    this.streams = new Streams(seed);
    this.links = new Links(time, queue, setup, streams.of("links", 0));
    this.nodes = new RoutedNode[setup.nodes().size()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = started(i);
      if (setup.nodes().get(i).disturbance().meanNanos() > 0) {
        disturb(i, streams.of("antagonist", i));
      }
      tick(i);
    }
    this.board = setup.board() < 0 ? null : new Board(this, setup.board());
    if (board != null) {
      board.begin();
    }
  }

  private RoutedNode started(int number) {
    beliefs.onStarted(number);
    return new RoutedNode(
        this, number, routers.router(this, number), streams.of("router", started++));
  }

  private void disturb(int number, SplittableRandom random) {
    Setup.Spec spec = setup.nodes().get(number);
    nodes[number].workers.speed(spec.speed() * spec.disturbance().drawLeft(random));
    queue.at(time.nowNanos() + spec.disturbance().drawNanos(random), () -> disturb(number, random));
  }

  private void tick(int number) {
    RoutedNode node = nodes[number];
    if (!node.down) {
      node.act(node::tick);
    }
    queue.at(time.nowNanos() + TICK_NANOS, () -> tick(number));
  }

  /** The id of the node of that number. */
  public static NodeId id(int number) {
    return NodeId.of(ByteBuffer.allocate(NodeId.BYTES).putLong(number + 1L).array());
  }

  /** Of all its nodes, whether they run or not. */
  SortedSet<NodeId> ids() {
    SortedSet<NodeId> ids = new TreeSet<>();
    for (int i = 0; i < nodes.length; i++) {
      ids.add(id(i));
    }
    return ids;
  }

  static int number(NodeId id) {
    return (int) id.prefix() - 1;
  }

  Setup setup() {
    return setup;
  }

  VirtualTime time() {
    return time;
  }

  /** What is still to happen. */
  public EventQueue queue() {
    return queue;
  }

  /** Now. */
  public long nowNanos() {
    return time.nowNanos();
  }

  Beliefs beliefs() {
    return beliefs;
  }

  Watch watch() {
    return watch;
  }

  @Nullable Board board() {
    return board;
  }

  RoutedNode node(int number) {
    return nodes[number];
  }

  /** Whether that node runs. */
  public boolean isUp(int number) {
    return !nodes[number].down;
  }

  /** A client's request comes in; where its entry is down, it fails at once. */
  public void enter(Call call) {
    RoutedNode node = nodes[call.entry()];
    if (node.down) {
      watch.onEnded(time.nowNanos(), call, Failure.Kind.REFUSED);
    } else {
      node.act(() -> Exchange.begin(node, call));
    }
  }

  /** Kills that node's process. */
  public void kill(int number) {
    if (!nodes[number].down) {
      nodes[number].kill();
    }
  }

  /** Starts it anew, knowing nothing; for one that runs, nothing happens. */
  public void restart(int number) {
    if (nodes[number].down) {
      double speed = nodes[number].workers.speed();
      nodes[number] = started(number);
      nodes[number].workers.speed(speed);
    }
  }

  /** Stops that node's process, sockets open, or lets it go on. */
  public void hang(int number, boolean now) {
    nodes[number].hang(now);
  }

  /** Loses all that goes from there to there, or no more. */
  public void cut(int from, int to, boolean now) {
    links.cut(from, to, now);
  }

  /** That node has loaded the model: it knows so at once, and each other once it hears of it. */
  void announceLoaded(RoutedNode node) {
    beliefs.onLoaded(node.number, node.number);
    for (int i = 0; i < nodes.length; i++) {
      if (i != node.number) {
        send(node, i, there -> beliefs.onLoaded(there.number, node.number), () -> {});
      }
    }
  }

  /** Brings something to a node; where nobody listens there, the sender hears that. */
  void send(RoutedNode from, int to, Consumer<RoutedNode> arrival, Runnable refused) {
    from.act(
        () ->
            links.send(
                from.number,
                to,
                () -> {
                  RoutedNode there = nodes[to];
                  if (there.down) {
                    reset(there, from, refused);
                  } else {
                    there.act(() -> arrival.accept(there));
                  }
                }));
  }

  /** Tells a node that a connection is gone. */
  void reset(RoutedNode gone, RoutedNode to, Runnable heard) {
    links.send(
        gone.number,
        to.number,
        () -> {
          if (!to.down) {
            to.act(heard);
          }
        });
  }
}
