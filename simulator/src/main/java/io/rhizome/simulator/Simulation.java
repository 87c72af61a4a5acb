// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Sender;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.gossip.transport.GossipCodec;
import io.rhizome.gossip.transport.MalformedPacketException;
import io.rhizome.gossip.transport.PacketSeal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * A mesh under virtual time. All chance comes from one seed: of each source a stream of its own, so
 * that one more draw here does not shift those there. Every packet passes through the packet
 * format, both ways. Single-threaded.
 */
public final class Simulation {
  private static final int PORT = 7700;
  private static final int API_PORT = 8001;

  /** IPv4 and UDP. */
  private static final int HEADER_BYTES = 20 + 8;

  private static final long STEP_NANOS = 50_000_000;

  private final long seed;
  private final GossipConfig config;
  private final Random forks;
  private final VirtualTime time = new VirtualTime();
  private final EventQueue events = new EventQueue(time);
  private final SimNetwork network;
  private final Map<String, SimNode> nodes = new LinkedHashMap<>();
  private final List<String> trace = new ArrayList<>();
  private boolean traced = true;
  private final List<BiConsumer<SimNode, SwimEvent>> observers = new ArrayList<>();
  private long packets;
  private long packetHash;

  /** An empty mesh. */
  public Simulation(long seed, GossipConfig config) {
    this.seed = seed;
    this.config = config;
    this.forks = new Random(seed);
    this.network = new SimNetwork(fork());
  }

  /** What everything was drawn from. */
  public long seed() {
    return seed;
  }

  /** Virtual time in nanoseconds. */
  public long nowNanos() {
    return time.nowNanos();
  }

  /** The network, to be made worse. */
  public SimNetwork network() {
    return network;
  }

  /** The latest life of each host, in the order of their first start. */
  public List<SimNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Those of {@link #nodes()} that run. */
  public List<SimNode> running() {
    return nodes.values().stream().filter(SimNode::isRunning).toList();
  }

  /** Starts a host, or starts it again with the next boot epoch. */
  public SimNode start(String host, NodeState state, List<Endpoint> seeds) {
    SimNode before = nodes.get(host);
    return start(host, before == null ? 1 : before.bootEpoch() + 1, state, seeds);
  }

  /** Starts a host with that boot epoch, as after its disk was lost or restored. */
  public SimNode start(String host, int bootEpoch, NodeState state, List<Endpoint> seeds) {
    SimNode before = nodes.get(host);
    if (before != null) {
      before.crash();
    }
    SimNode node = new SimNode(this, host, bootEpoch, state, config, fork());
    nodes.put(host, node);
    node.begin(seeds);
    return node;
  }

  /** A state for a host with one label, {@code name}, and no models. */
  public static NodeState stateOf(String host) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("name", host);
    return new NodeState(endpointOf(host), new Endpoint(host, API_PORT), "", labels, List.of());
  }

  /** Where a host of that name is reached. */
  public static Endpoint endpointOf(String host) {
    return new Endpoint(host, PORT);
  }

  /** Stops a node without a word. */
  public void crash(SimNode node) {
    node.crash();
  }

  /** Lets a node say goodbye; it stops when it has. */
  public void leave(SimNode node) {
    node.leave();
  }

  /**
   * Takes a node's time away for a while, as a starved scheduler or a long collection of garbage
   * does: its packets wait, and what was due is done late.
   */
  public void starve(SimNode node, Duration duration) {
    node.starve();
    at(time.nowNanos() + duration.toNanos(), node::resume);
  }

  /** Lets that much time pass. */
  public void run(Duration duration) {
    events.runUntil(time.nowNanos() + duration.toNanos());
  }

  /** Lets time pass until the condition holds, at most that much; whether it came to hold. */
  public boolean runUntil(Duration limit, BooleanSupplier condition) {
    long end = time.nowNanos() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (time.nowNanos() >= end) {
        return false;
      }
      events.runUntil(Math.min(end, time.nowNanos() + STEP_NANOS));
    }
    return true;
  }

  /** Tells of everything that a node notices, at the moment when it does. */
  public void onEvent(BiConsumer<SimNode, SwimEvent> observer) {
    observers.add(observer);
  }

  /** What happened, line by line. */
  public List<String> trace() {
    return Collections.unmodifiableList(trace);
  }

  /** Keeps no trace from now on: in a long run it would fill the memory. */
  public void withoutTrace() {
    traced = false;
  }

  /** How many packets were sent. */
  public long packets() {
    return packets;
  }

  /** Over every packet sent, its time, ends and content. */
  public long packetHash() {
    return packetHash;
  }

  void at(long nanos, Runnable action) {
    events.at(nanos, action);
  }

  void note(SimNode node, SwimEvent event) {
    if (traced) {
      trace.add(time.nowNanos() + " " + node.host() + " " + event);
    }
    observers.forEach(observer -> observer.accept(node, event));
  }

  void send(SimNode from, Endpoint to, List<Message> packet) {
    byte[] bytes = GossipCodec.encode(packet);
    if (bytes.length + PacketSeal.OVERHEAD_BYTES > PacketSeal.MAX_PACKET_BYTES) {
      throw new IllegalStateException(
          "seed " + seed + ": a packet of " + bytes.length + " bytes does not fit");
    }
    packets++;
    int size = HEADER_BYTES + PacketSeal.OVERHEAD_BYTES + bytes.length;
    from.countSent(size);
    packetHash = 31 * packetHash + Arrays.hashCode(bytes);
    packetHash = 31 * packetHash + to.host().hashCode() + 7 * time.nowNanos();
    network
        .delayNanos(from.host(), to.host())
        .ifPresent(delay -> at(time.nowNanos() + delay, () -> deliver(from, to, bytes)));
  }

  private void deliver(SimNode from, Endpoint to, byte[] bytes) {
    SimNode receiver = nodes.get(to.host());
    if (receiver != null && receiver.isRunning() && to.equals(receiver.endpoint())) {
      receiver.countReceived(HEADER_BYTES + PacketSeal.OVERHEAD_BYTES + bytes.length);
      try {
        receiver.onPacket(
            new Sender(from.id(), from.endpoint(), Sender.Link.DATAGRAM),
            GossipCodec.decode(bytes, receiver.names()));
      } catch (MalformedPacketException e) {
        throw new IllegalStateException("seed " + seed + ": own packet is malformed", e);
      }
    }
  }

  private Random fork() {
    return new Random(forks.nextLong());
  }
}
