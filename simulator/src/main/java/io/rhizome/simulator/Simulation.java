// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Sender;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.gossip.transport.PacketSeal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A mesh under virtual time. All chance comes from one seed: of each source a stream of its own, so
 * that one more draw here does not shift those there. Every packet passes through the packet
 * format, both ways, and through the seal too after {@link #sealed}. Single-threaded.
 */
public final class Simulation {
  private static final int PORT = 7700;
  private static final int API_PORT = 8001;
  private static final long STEP_NANOS = 50_000_000;

  private final long seed;
  private final GossipConfig config;
  private final Random forks;
  private final VirtualTime time = new VirtualTime();
  private final EventQueue events = new EventQueue(time);
  private final SimNetwork network;
  private final SimWire wire;
  private final Map<String, SimNode> nodes = new LinkedHashMap<>();
  private final SortedMap<NodeId, SimNode> byId = new TreeMap<>();
  private final List<String> trace = new ArrayList<>();
  private final List<BiConsumer<SimNode, SwimEvent>> observers = new ArrayList<>();
  private final List<PacketObserver> packetObservers = new ArrayList<>();
  private final List<SendObserver> sendObservers = new ArrayList<>();
  private boolean traced = true;
  private byte @Nullable [] meshKey;

  /** Sees packets as nodes read them. */
  @FunctionalInterface
  public interface PacketObserver {
    /** A node reads a packet that opened; called before the node acts on it. */
    void onPacket(SimNode reader, Sender from, List<Message> packet);
  }

  /** Sees packets as nodes send them. */
  @FunctionalInterface
  public interface SendObserver {
    /** A node sends a packet to an address, whether it will arrive or not. */
    void onSend(SimNode from, Endpoint to, List<Message> packet);
  }

  /** An empty mesh. */
  public Simulation(long seed, GossipConfig config) {
    this.seed = seed;
    this.config = config;
    this.forks = new Random(seed);
    this.network = new SimNetwork(time, fork());
    this.wire = new SimWire(this, network);
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

  /**
   * Nodes that start from now on seal what they send, each with its own real {@link PacketSeal}.
   */
  public void sealed() {
    meshKey = new byte[PacketSeal.KEY_BYTES];
    fork().nextBytes(meshKey);
  }

  /** The latest life of each host as of now, in the order of their first start. */
  public List<SimNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** The latest life on the host of that name, if there was one. */
  public Optional<SimNode> node(String host) {
    return Optional.ofNullable(nodes.get(host));
  }

  /** The latest life of that node, if it ever started. */
  public Optional<SimNode> node(NodeId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** Those of {@link #nodes()} that run. */
  public List<SimNode> running() {
    return nodes.values().stream().filter(SimNode::isRunning).toList();
  }

  /** Starts a host, or starts it again, with the boot epoch that follows the one on its disk. */
  public SimNode start(String host, NodeState state, List<Endpoint> seeds) {
    return start(host, disk(host).epoch() + 1, state, seeds);
  }

  /** Starts a host with that boot epoch, as after its disk was lost or restored. */
  public SimNode start(String host, int bootEpoch, NodeState state, List<Endpoint> seeds) {
    SimHost place = network.host(host);
    SimNode before = place.node;
    if (before != null) {
      crash(before);
    }
    place.disk.persist(bootEpoch);
    SimNode node = new SimNode(this, wire, place, bootEpoch, state, config, seal(host), fork());
    place.node = node;
    nodes.put(host, node);
    byId.put(node.id(), node);
    node.begin(seeds);
    return node;
  }

  /** What a host keeps while its node does not run. */
  public SimDisk disk(String host) {
    return network.host(host).disk;
  }

  /**
   * Sets the monotonic clock of a host.
   *
   * @param stepAhead how far it jumps ahead now, as after a suspend
   * @param driftPpm how much it runs fast from now on, in parts per million; slow where negative
   * @throws IllegalArgumentException for a step back, or a drift of a quarter or more
   */
  public void clock(String host, Duration stepAhead, long driftPpm) {
    SimHost place = network.host(host);
    place.clock.set(time.nowNanos(), stepAhead.toNanos(), driftPpm);
    SimNode node = place.node;
    if (node != null) {
      node.onClockSet();
    }
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

  /** Stops a node without a word and for good: nothing of it is kept, as if it had never been. */
  public void forget(SimNode node) {
    node.crash();
    SimHost place = node.place();
    if (place.node == node) {
      place.node = null;
      nodes.remove(place.name);
    }
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
    long until = time.nowNanos() + duration.toNanos();
    node.starve(until);
    at(until, node::resume);
  }

  /**
   * Holds back for a while all that a node sends and all that reaches it, as far as there is room,
   * while its timers go on: slow processing of messages, as when Lifeguard was measured.
   */
  public void stall(SimNode node, Duration duration) {
    long until = time.nowNanos() + duration.toNanos();
    node.stall(until);
    at(until, node::resume);
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

  /** Does that after so much time, before what else was scheduled later for the same moment. */
  public void after(Duration delay, Runnable action) {
    at(time.nowNanos() + delay.toNanos(), action);
  }

  /** Tells of everything that a node notices, at the moment when it does. */
  public void onEvent(BiConsumer<SimNode, SwimEvent> observer) {
    observers.add(observer);
  }

  /** Tells of every packet that a node reads, at the moment when it does. */
  public void onPacket(PacketObserver observer) {
    packetObservers.add(observer);
  }

  /** Tells of every packet that a node sends, at the moment when it does. */
  public void onSend(SendObserver observer) {
    sendObservers.add(observer);
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
    return wire.packets();
  }

  /** Bytes sent by all nodes so far, as {@link SimNode#sentBytes()} counts them. */
  public long sentBytes() {
    return wire.sentBytes();
  }

  /** Over every packet sent, its time, ends and content. */
  public long packetHash() {
    return wire.hash();
  }

  /** How many events the queue has run. */
  public long events() {
    return events.executed();
  }

  void at(long nanos, Runnable action) {
    events.at(nanos, action);
  }

  void note(SimNode node, SwimEvent event) {
    if (traced) {
      trace.add(time.nowNanos() + " " + node.host() + " " + event);
    }
    for (BiConsumer<SimNode, SwimEvent> observer : observers) {
      observer.accept(node, event);
    }
  }

  void notePacket(SimNode reader, Sender from, List<Message> packet) {
    for (PacketObserver observer : packetObservers) {
      observer.onPacket(reader, from, packet);
    }
  }

  void noteSend(SimNode from, Endpoint to, List<Message> packet) {
    for (SendObserver observer : sendObservers) {
      observer.onSend(from, to, packet);
    }
  }

  private @Nullable PacketSeal seal(String host) {
    byte[] key = meshKey;
    if (key == null) {
      return null;
    }
    byte[] boot = new byte[PacketSeal.BOOT_BYTES];
    fork().nextBytes(boot);
    return new PacketSeal(key, "simulated", SimNode.idOf(host), boot);
  }

  private Random fork() {
    return new Random(forks.nextLong());
  }
}
