// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.Names;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Out;
import io.rhizome.gossip.Reachability;
import io.rhizome.gossip.Sender;
import io.rhizome.gossip.Swim;
import io.rhizome.gossip.SwimCounters;
import io.rhizome.gossip.SwimEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One life of one node: a {@link Swim} whose driver is the simulation. */
public final class SimNode {
  /** Packets that wait for a node that does not run, as in a socket's buffer of 208 KiB. */
  private static final int INBOX_PACKETS = 170;

  private final Simulation simulation;
  private final String host;
  private final NodeId id;
  private final Endpoint endpoint;
  private final int bootEpoch;
  private final Swim swim;
  private final Out out = new Wire();
  private boolean running = true;
  private boolean starved;
  private long sentBytes;
  private long receivedBytes;
  private long tickNanos = Long.MAX_VALUE;
  private final Deque<Runnable> inbox = new ArrayDeque<>();

  SimNode(
      Simulation simulation,
      String host,
      int bootEpoch,
      NodeState state,
      GossipConfig config,
      Random random) {
    this.simulation = simulation;
    this.host = host;
    this.id = idOf(host);
    this.endpoint = state.mesh();
    this.bootEpoch = bootEpoch;
    this.swim =
        new Swim(simulation.nowNanos(), id, bootEpoch, state, config, new SimAuthority(id), random);
  }

  /** The id that a host of this name has. */
  public static NodeId idOf(String host) {
    return NodeId.ofPublicKey(host.getBytes(StandardCharsets.UTF_8));
  }

  /** The name of its host. */
  public String host() {
    return host;
  }

  /** Who it is. */
  public NodeId id() {
    return id;
  }

  /** Where it is reached. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Which of its lives this is, from 1. */
  public int bootEpoch() {
    return bootEpoch;
  }

  /** Whether it has neither crashed nor left. */
  public boolean isRunning() {
    return running;
  }

  /** What it sees. */
  public MembershipView view() {
    return swim.view();
  }

  /** The status that it sees of another; null where it does not know it. */
  public Member.@Nullable Status statusOf(SimNode other) {
    return swim.status(other.id).orElse(null);
  }

  /** Whom it knows by their prefix. */
  Names names() {
    return swim.names();
  }

  /** Whether it reaches another now. */
  public Reachability reachability(SimNode other) {
    return swim.reachability(other.id);
  }

  /** Bytes sent so far: of each datagram the IPv4 and UDP headers, the seal, and what it says. */
  public long sentBytes() {
    return sentBytes;
  }

  /** Bytes of the datagrams that reached it while it ran, counted as {@link #sentBytes()}. */
  public long receivedBytes() {
    return receivedBytes;
  }

  void countSent(int bytes) {
    sentBytes += bytes;
  }

  void countReceived(int bytes) {
    receivedBytes += bytes;
  }

  /** What it counted. */
  public SwimCounters counters() {
    return swim.counters();
  }

  /** Says something new of itself. */
  public void publish(NodeState state) {
    swim.publish(simulation.nowNanos(), state);
    settle();
  }

  void begin(List<Endpoint> seeds) {
    swim.join(simulation.nowNanos(), seeds);
    onTick();
  }

  void crash() {
    running = false;
  }

  void leave() {
    swim.leave(simulation.nowNanos(), out);
    settle();
  }

  /** From now on it gets no time: what is due waits, and what comes, as far as there is room. */
  void starve() {
    starved = true;
  }

  /** It goes on: with what is due, then with what came. */
  void resume() {
    starved = false;
    if (running && tickNanos <= simulation.nowNanos()) {
      onTick();
    }
    while (running && !inbox.isEmpty()) {
      inbox.removeFirst().run();
    }
  }

  void onPacket(Sender from, List<Message> packet) {
    if (!starved) {
      receive(from, packet);
    } else if (inbox.size() < INBOX_PACKETS) {
      inbox.addLast(() -> receive(from, packet));
    }
  }

  private void receive(Sender from, List<Message> packet) {
    for (Message message : packet) {
      swim.onMessage(simulation.nowNanos(), from, message, out);
    }
    settle();
  }

  private void onTick() {
    tickNanos = Long.MAX_VALUE;
    swim.onTick(simulation.nowNanos(), out);
    if (swim.hasLeft()) {
      running = false;
    }
    settle();
  }

  private void settle() {
    long next = swim.nextDeadlineNanos();
    if (running && next < tickNanos) {
      tickNanos = next;
      simulation.at(
          next,
          () -> {
            if (running && !starved && tickNanos == next) {
              onTick();
            }
          });
    }
  }

  private final class Wire implements Out {
    @Override
    public void send(Endpoint to, List<Message> packet) {
      simulation.send(SimNode.this, to, packet);
    }

    @Override
    public void stream(NodeId to, Endpoint at, List<Message> packet) {
      // No streams yet.
    }

    @Override
    public void streamToSeed(Endpoint at, List<Message> packet) {
      // No streams yet.
    }

    @Override
    public void happened(SwimEvent event) {
      simulation.note(SimNode.this, event);
    }
  }
}
