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
import io.rhizome.gossip.transport.PacketSeal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One life of one node: a {@link Swim} whose driver is the simulation. */
public final class SimNode {
  /**
   * Packets that wait for a node that does not run, or at one, as in a socket's buffer of 208 KiB.
   */
  private static final int INBOX_PACKETS = 170;

  private final Simulation simulation;
  private final SimWire wire;
  private final SimHost place;
  private final NodeId id;
  private final Endpoint endpoint;
  private final int bootEpoch;
  private final @Nullable PacketSeal seal;
  private final long startedNanos;
  private final Swim swim;
  private final SimStreams streams;
  private final Out out = new Driver();
  private final Deque<Arrival> inbox = new ArrayDeque<>();
  private final Deque<Runnable> outbox = new ArrayDeque<>();
  private boolean running = true;
  private long stoppedNanos = Long.MAX_VALUE;
  private boolean starved;
  private long starvedUntilNanos;
  private boolean stalled;
  private long stalledUntilNanos;
  private long serviceNanos;
  private long busyUntilNanos;
  private int served;
  private long tickNanos = Long.MAX_VALUE;
  private long sentBytes;
  private long receivedBytes;
  private long refusedPackets;

  /** A packet that came. */
  private static final class Arrival {
    final Sender from;
    final byte[] bytes;
    final SimStream.@Nullable Lane lane;

    Arrival(Sender from, byte[] bytes, SimStream.@Nullable Lane lane) {
      this.from = from;
      this.bytes = bytes;
      this.lane = lane;
    }
  }

  SimNode(
      Simulation simulation,
      SimWire wire,
      SimHost place,
      int bootEpoch,
      NodeState state,
      GossipConfig config,
      @Nullable PacketSeal seal,
      Random random) {
    this.simulation = simulation;
    this.wire = wire;
    this.place = place;
    this.id = idOf(place.name);
    this.endpoint = state.mesh();
    this.bootEpoch = bootEpoch;
    this.seal = seal;
    this.startedNanos = simulation.nowNanos();
    this.streams = new SimStreams(simulation, this);
    this.swim = new Swim(localNanos(), id, bootEpoch, state, config, new SimAuthority(id), random);
  }

  /** The id that a host of this name has. */
  public static NodeId idOf(String host) {
    return NodeId.ofPublicKey(host.getBytes(StandardCharsets.UTF_8));
  }

  /** The name of its host. */
  public String host() {
    return place.name;
  }

  /** Who it is. */
  public NodeId id() {
    return id;
  }

  /** Where it is reached. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** The boot epoch that it began with, from 1. */
  public int bootEpoch() {
    return bootEpoch;
  }

  /** Whether it has neither crashed nor left. */
  public boolean isRunning() {
    return running;
  }

  /** When it began, in nanoseconds of virtual time. */
  public long startedNanos() {
    return startedNanos;
  }

  /** When it crashed or had left; {@link Long#MAX_VALUE} while it runs. */
  public long stoppedNanos() {
    return stoppedNanos;
  }

  /** What it sees. */
  public MembershipView view() {
    return swim.view();
  }

  /** The status that it sees of another; null where it does not know it. */
  public Member.@Nullable Status statusOf(SimNode other) {
    return statusOf(other.id);
  }

  /** The status that it sees of that member; null where it does not know it. */
  public Member.@Nullable Status statusOf(NodeId other) {
    return swim.status(other).orElse(null);
  }

  /** The newest incarnation of that member that it knows; 0 where it does not know it. */
  public long incarnationOf(NodeId other) {
    return swim.incarnation(other);
  }

  /** Whom it knows by their prefix. */
  Names names() {
    return swim.names();
  }

  /** Whether it reaches another now. */
  public Reachability reachability(SimNode other) {
    return swim.reachability(other.id);
  }

  /**
   * Bytes sent so far: of each datagram the IPv4 and UDP headers, the seal, and what it says; of
   * streams all that TCP sends.
   */
  public long sentBytes() {
    return sentBytes;
  }

  /** Bytes that reached it while it ran, counted as {@link #sentBytes()}. */
  public long receivedBytes() {
    return receivedBytes;
  }

  /** Packets that its seal refused: repeated ones. */
  public long refusedPackets() {
    return refusedPackets;
  }

  /** With how many others it has an open stream, whichever side dialled. */
  public int openStreams() {
    return streams.size();
  }

  /** What it counted. */
  public SwimCounters counters() {
    return swim.counters();
  }

  /** Says something new of itself. */
  public void publish(NodeState state) {
    swim.publish(localNanos(), state);
    settle();
  }

  /** From now on it takes that long for each packet: those that come meanwhile wait in a queue. */
  public void serviceTime(long nanosPerPacket) {
    serviceNanos = nanosPerPacket;
  }

  void countSent(int bytes) {
    sentBytes += bytes;
    wire.countSent(bytes);
  }

  void countReceived(int bytes) {
    receivedBytes += bytes;
  }

  void countRefused() {
    refusedPackets++;
  }

  SimWire wire() {
    return wire;
  }

  SimHost place() {
    return place;
  }

  @Nullable PacketSeal seal() {
    return seal;
  }

  SimStreams streams() {
    return streams;
  }

  /** Until when it is starved or stalled; in the past where it is neither. */
  long heldUpUntilNanos() {
    return Math.max(starvedUntilNanos, stalledUntilNanos);
  }

  void begin(List<Endpoint> seeds) {
    swim.join(localNanos(), seeds);
    onTick();
  }

  void crash() {
    stop();
    inbox.clear();
    outbox.clear();
  }

  void leave() {
    swim.leave(localNanos(), out);
    settle();
  }

  /** From now on it gets no time: what is due waits, and what comes, as far as there is room. */
  void starve(long untilNanos) {
    starved = true;
    starvedUntilNanos = Math.max(starvedUntilNanos, untilNanos);
  }

  /** From now on what it sends waits, and what comes, as far as there is room. */
  void stall(long untilNanos) {
    stalled = true;
    stalledUntilNanos = Math.max(stalledUntilNanos, untilNanos);
  }

  /** It goes on, if its time has come: with what waits to be sent, what is due, then what came. */
  void resume() {
    if (!isHeldUp() || simulation.nowNanos() < heldUpUntilNanos()) {
      return;
    }
    starved = false;
    stalled = false;
    while (!outbox.isEmpty()) {
      outbox.removeFirst().run();
    }
    if (running && tickNanos <= simulation.nowNanos()) {
      onTick();
    }
    while (running && !inbox.isEmpty()) {
      accept(inbox.removeFirst());
    }
  }

  /** Its clock was set: the moment of its next tick is another. */
  void onClockSet() {
    tickNanos = Long.MAX_VALUE;
    settle();
  }

  void onDatagram(Sender from, byte[] bytes) {
    if (inbox.size() + served < INBOX_PACKETS) {
      accept(new Arrival(from, bytes, null));
    }
  }

  /** A stream holds back what it may not keep here, so nothing is dropped. */
  void onStream(Sender from, byte[] bytes, SimStream.Lane lane) {
    accept(new Arrival(from, bytes, lane));
  }

  private boolean isHeldUp() {
    return starved || stalled;
  }

  private void accept(Arrival arrival) {
    if (isHeldUp()) {
      inbox.addLast(arrival);
    } else if (serviceNanos > 0) {
      served++;
      busyUntilNanos = Math.max(busyUntilNanos, simulation.nowNanos()) + serviceNanos;
      simulation.at(busyUntilNanos, () -> onServed(arrival));
    } else {
      receive(arrival);
    }
  }

  private void onServed(Arrival arrival) {
    served--;
    if (running && isHeldUp()) {
      inbox.addLast(arrival);
    } else if (running) {
      receive(arrival);
    }
  }

  private void receive(Arrival arrival) {
    if (arrival.lane != null) {
      arrival.lane.onRead(arrival.bytes.length);
    }
    List<Message> packet = wire.unpack(this, arrival.bytes);
    if (packet == null) {
      return;
    }
    simulation.notePacket(this, arrival.from, packet);
    swim.onPacket(localNanos(), arrival.from, packet, out);
    settle();
  }

  private void onTick() {
    tickNanos = Long.MAX_VALUE;
    swim.onTick(localNanos(), out);
    if (swim.hasLeft()) {
      stop();
    }
    settle();
  }

  private void stop() {
    if (running) {
      stoppedNanos = simulation.nowNanos();
    }
    running = false;
    streams.closeAll();
  }

  private void settle() {
    if (!running) {
      return;
    }
    long next = place.clock.moment(simulation.nowNanos(), swim.nextDeadlineNanos());
    if (next < tickNanos) {
      tickNanos = next;
      simulation.at(next, new Tick(next));
    }
  }

  private long localNanos() {
    return place.clock.local(simulation.nowNanos());
  }

  private final class Tick implements Runnable {
    private final long dueNanos;

    Tick(long dueNanos) {
      this.dueNanos = dueNanos;
    }

    @Override
    public void run() {
      if (!running || starved || tickNanos != dueNanos) {
        return;
      }
      if (busyUntilNanos > simulation.nowNanos()) {
        simulation.at(busyUntilNanos, this);
      } else {
        onTick();
      }
    }
  }

  private final class Driver implements Out {
    private void post(Runnable deed) {
      if (!stalled) {
        deed.run();
      } else if (outbox.size() < INBOX_PACKETS) {
        outbox.addLast(deed);
      }
    }

    @Override
    public void send(Endpoint to, List<Message> packet) {
      post(() -> wire.send(SimNode.this, to, packet));
    }

    @Override
    public void stream(NodeId to, Endpoint at, List<Message> packet) {
      post(() -> streams.send(to, at, wire.pack(SimNode.this, at, packet)));
    }

    @Override
    public void streamToSeed(Endpoint at, List<Message> packet) {
      post(() -> streams.sendToSeed(at, wire.pack(SimNode.this, at, packet)));
    }

    @Override
    public void happened(SwimEvent event) {
      if (event instanceof SwimEvent.EpochRaised raised) {
        place.disk.persist(raised.epoch());
      }
      simulation.note(SimNode.this, event);
    }
  }
}
