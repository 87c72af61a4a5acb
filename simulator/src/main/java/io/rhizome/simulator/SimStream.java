// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Sender;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One stream between two nodes, paid for as TCP and TLS 1.3 have it paid. Packets are segments.
 *
 * <pre>
 * state      goes on to
 * DIALLING   SHAKING when a SYN and its SYN-ACK passed; they are tried at 0, 1, 3, 7 and 15 s
 *            CLOSED when refused, or after the fifth try
 * SHAKING    OPEN one round trip later, as soon as the acceptor has time; losses cost an RTO
 * OPEN       CLOSED when idle for 60 s, when a segment was not acknowledged for 15 s
 * any        CLOSED when an end stops
 * </pre>
 *
 * <p>A segment that is lost, or whose acknowledgement is, is sent again after an RTO of 200 ms plus
 * the round trip, which doubles (RFC 6298 with Linux's floor). What was sent after it waits for it.
 * Windows are not modelled: gossip is too thin to fill one. A stop of one end is known to the other
 * at once, where TCP would take a round trip, or, through a cut, its next segment.
 */
final class SimStream {
  private static final long SECOND = 1_000_000_000L;
  private static final int MAX_SYNS = 5;
  private static final long RTO_NANOS = 200_000_000;
  private static final long BREAK_NANOS = 15 * SECOND;
  private static final long IDLE_NANOS = 60 * SECOND;
  private static final int QUEUE_BYTES = 64 * 1024;

  /** IPv4 and TCP without options; what a SYN or an acknowledgement takes. */
  private static final int HEADER_BYTES = 20 + 20;

  /** HTTP/2 frame, gRPC message, protobuf field, TLS record. */
  private static final int FRAMING_BYTES = 9 + 5 + 3 + 22;

  /** A TLS 1.3 handshake with a P-256 certificate of each side, about, and its headers. */
  private static final int SHAKE_SENT_BYTES = 1_900 + 3 * HEADER_BYTES;

  private static final int SHAKE_RECEIVED_BYTES = 1_600 + 3 * HEADER_BYTES;

  private enum State {
    DIALLING,
    SHAKING,
    OPEN,
    CLOSED
  }

  private final Simulation simulation;
  private final SimNetwork network;
  private final SimNode dialler;
  private final Endpoint diallerAddress;
  private final SimHost target;
  private final Endpoint at;
  private final @Nullable NodeId expected;
  private final Lane there;
  private final Lane back;
  private State state = State.DIALLING;
  private @Nullable SimNode acceptor;
  private long usedNanos;

  /**
   * A stream that is now dialled.
   *
   * @param port the dialler's, which nobody listens on
   * @param expected who must answer; null for whoever does
   */
  SimStream(
      Simulation simulation,
      SimNode dialler,
      int port,
      SimHost target,
      Endpoint at,
      @Nullable NodeId expected) {
    this.simulation = simulation;
    this.network = simulation.network();
    this.dialler = dialler;
    this.diallerAddress = new Endpoint(dialler.host(), port);
    this.target = target;
    this.at = at;
    this.expected = expected;
    this.there = new Lane(dialler.place(), target);
    this.back = new Lane(target, dialler.place());
    this.usedNanos = simulation.nowNanos();
    dial(0);
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  boolean isDialledBy(SimNode node) {
    return dialler == node;
  }

  Endpoint at() {
    return at;
  }

  long usedNanos() {
    return usedNanos;
  }

  /** Queues a packet of one of the two ends; drops it where too much is unread. */
  void send(SimNode from, byte[] bytes) {
    usedNanos = simulation.nowNanos();
    (from == dialler ? there : back).send(from, bytes);
  }

  /** Ends it, for both ends. */
  void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    dialler.streams().remove(this);
    SimNode other = acceptor;
    if (other != null) {
      other.streams().remove(this);
    }
  }

  private void dial(int attempt) {
    if (state != State.DIALLING) {
      return;
    }
    if (attempt == MAX_SYNS) {
      close();
      return;
    }
    after(SECOND << attempt, () -> dial(attempt + 1));
    dialler.countSent(HEADER_BYTES);
    long delay =
        target.dialOutOnly
            ? SimNetwork.LOST
            : network.delayNanos(dialler.place(), target, HEADER_BYTES);
    if (delay != SimNetwork.LOST) {
      after(delay, this::onSyn);
    }
  }

  private void onSyn() {
    SimNode node = target.node;
    if (state != State.DIALLING || node == null) {
      return;
    }
    boolean accepts =
        node.isRunning()
            && at.equals(node.endpoint())
            && (expected == null || expected.equals(node.id()));
    long delay = network.delayNanos(target, dialler.place(), HEADER_BYTES);
    if (accepts) {
      node.countReceived(HEADER_BYTES);
      node.countSent(HEADER_BYTES);
    }
    if (delay != SimNetwork.LOST) {
      after(delay, () -> onAnswer(accepts ? node : null));
    }
  }

  private void onAnswer(@Nullable SimNode node) {
    if (state != State.DIALLING) {
      return;
    }
    dialler.countReceived(HEADER_BYTES);
    if (node == null || !node.isRunning()) {
      close();
      return;
    }
    state = State.SHAKING;
    acceptor = node;
    shake(node, 0, simulation.nowNanos());
  }

  private void shake(SimNode node, int attempt, long sinceNanos) {
    if (state != State.SHAKING) {
      return;
    }
    if (simulation.nowNanos() - sinceNanos > BREAK_NANOS || !node.isRunning()) {
      close();
      return;
    }
    dialler.countSent(SHAKE_SENT_BYTES);
    long to = network.delayNanos(dialler.place(), target, SHAKE_SENT_BYTES);
    long from = network.delayNanos(target, dialler.place(), SHAKE_RECEIVED_BYTES);
    if (to != SimNetwork.LOST) {
      node.countReceived(SHAKE_SENT_BYTES);
      node.countSent(SHAKE_RECEIVED_BYTES);
    }
    if (to == SimNetwork.LOST || from == SimNetwork.LOST) {
      after(there.rtoNanos(attempt), () -> shake(node, attempt + 1, sinceNanos));
      return;
    }
    long pause = Math.max(0, node.heldUpUntilNanos() - simulation.nowNanos() - to);
    after(to + pause + from, () -> onOpen(node));
  }

  private void onOpen(SimNode node) {
    if (state != State.SHAKING) {
      return;
    }
    if (!node.isRunning()) {
      close();
      return;
    }
    dialler.countReceived(SHAKE_RECEIVED_BYTES);
    SimStream other = node.streams().with(dialler.id());
    if (other != null) {
      // Both dialled at once: the stream that was open first carries on.
      close();
      there.segments.forEach(segment -> other.send(dialler, segment.bytes));
      return;
    }
    state = State.OPEN;
    dialler.streams().onOpen(node.id(), this);
    node.streams().onOpen(dialler.id(), this);
    there.start(dialler, node, diallerAddress);
    back.start(node, dialler, at);
    checkIdle();
  }

  private void checkIdle() {
    long idle = simulation.nowNanos() - usedNanos;
    if (state == State.OPEN && idle >= IDLE_NANOS) {
      close();
    } else if (state == State.OPEN) {
      after(IDLE_NANOS - idle, this::checkIdle);
    }
  }

  private void after(long nanos, Runnable action) {
    simulation.at(simulation.nowNanos() + nanos, action);
  }

  /** A packet on its way. */
  private static final class Segment {
    final byte[] bytes;
    final int size;
    boolean arrived;

    Segment(byte[] bytes, int size) {
      this.bytes = bytes;
      this.size = size;
    }
  }

  /** One direction. */
  final class Lane {
    private final SimHost source;
    private final SimHost sink;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private @Nullable SimNode sender;
    private @Nullable SimNode receiver;
    private @Nullable Sender from;
    private int unreadBytes;

    Lane(SimHost source, SimHost sink) {
      this.source = source;
      this.sink = sink;
    }

    /** The receiver has taken so many bytes. */
    void onRead(int bytes) {
      unreadBytes -= bytes;
    }

    private void send(SimNode node, byte[] bytes) {
      if (unreadBytes + bytes.length > QUEUE_BYTES) {
        return;
      }
      unreadBytes += bytes.length;
      int size = HEADER_BYTES + FRAMING_BYTES + SimWire.sealedBytes(node, bytes);
      Segment segment = new Segment(bytes, size);
      segments.addLast(segment);
      if (sender != null) {
        transmit(segment, 0, simulation.nowNanos());
      }
    }

    private void start(SimNode sends, SimNode receives, Endpoint address) {
      sender = sends;
      receiver = receives;
      from = new Sender(sends.id(), address, Sender.Link.STREAM);
      for (Segment segment : segments) {
        transmit(segment, 0, simulation.nowNanos());
      }
    }

    private void transmit(Segment segment, int attempt, long firstNanos) {
      SimNode sends = sender;
      if (state != State.OPEN || sends == null) {
        return;
      }
      if (simulation.nowNanos() - firstNanos > BREAK_NANOS) {
        close();
        return;
      }
      sends.countSent(segment.size);
      long delay = network.delayNanos(source, sink, segment.size);
      if (delay != SimNetwork.LOST) {
        after(delay, () -> onSegment(segment));
      }
      boolean acknowledged =
          delay != SimNetwork.LOST
              && network.delayNanos(sink, source, HEADER_BYTES) != SimNetwork.LOST;
      if (acknowledged) {
        sends.countReceived(HEADER_BYTES);
      } else {
        after(rtoNanos(attempt), () -> transmit(segment, attempt + 1, firstNanos));
      }
    }

    private void onSegment(Segment segment) {
      SimNode receives = receiver;
      Sender known = from;
      if (state != State.OPEN || receives == null || known == null) {
        return;
      }
      receives.countReceived(segment.size);
      receives.countSent(HEADER_BYTES);
      segment.arrived = true;
      Segment first = segments.peekFirst();
      while (state == State.OPEN && first != null && first.arrived) {
        segments.removeFirst();
        usedNanos = simulation.nowNanos();
        receives.onStream(known, first.bytes, this);
        first = segments.peekFirst();
      }
    }

    private long rtoNanos(int attempt) {
      long roundTrip =
          network.latencyNanos(source, sink)
              + network.latencyNanos(sink, source)
              + 2 * (source.slowNanos + sink.slowNanos);
      return (RTO_NANOS + roundTrip) << Math.min(attempt, 10);
    }
  }
}
