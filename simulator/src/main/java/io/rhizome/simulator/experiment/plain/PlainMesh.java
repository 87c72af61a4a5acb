// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment.plain;

import io.rhizome.gossip.Member.Status;
import io.rhizome.simulator.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/**
 * So many members of {@link PlainSwim} on a simulation's network, numbered from 0. A stream costs a
 * handshake; of it a lost SYN costs 1 s and a lost segment 200 ms, doubling. Same seed, same run.
 * Single-threaded.
 */
public final class PlainMesh {
  private static final long SYN_RETRY_NANOS = 1_000_000_000L;
  private static final long SEGMENT_RETRY_NANOS = 200_000_000L;
  private static final int TRIES = 5;

  private final Simulation simulation;
  private final Listener listener;
  private final List<PlainNode> nodes = new ArrayList<>();

  /** Is told of every change that a member sees. */
  @FunctionalInterface
  public interface Listener {
    /** The observer sees the subject in that status from now on; virtual time. */
    void changed(int observer, int subject, Status status, long nowNanos);
  }

  /** Starts them all; they know each other. */
  public PlainMesh(Simulation simulation, int members, PlainConfig config, Listener listener) {
    this.simulation = simulation;
    this.listener = listener;
    Random seeds = new Random(simulation.seed());
    for (int number = 0; number < members; number++) {
      Random random = new Random(seeds.nextLong());
      nodes.add(
          new PlainNode(
              this, number, new PlainSwim(simulation.nowNanos(), number, members, config, random)));
    }
    nodes.forEach(PlainNode::schedule);
  }

  /** The host of a member in the simulation's network. */
  public static String host(int member) {
    return "plain-" + member;
  }

  /** The status in which one sees another. */
  public Status status(int observer, int subject) {
    return nodes.get(observer).status(subject);
  }

  /** Stops a member without a word. */
  public void crash(int member) {
    nodes.get(member).crash();
  }

  /** Takes a member's time away for a while, as {@link Simulation#starve} does. */
  public void starve(int member, Duration duration) {
    nodes.get(member).starve(nowNanos() + duration.toNanos());
  }

  /** Holds back a member's packets for a while, as {@link Simulation#stall} does. */
  public void stall(int member, Duration duration) {
    nodes.get(member).stall(nowNanos() + duration.toNanos());
  }

  long nowNanos() {
    return simulation.nowNanos();
  }

  void at(long nanos, Runnable action) {
    simulation.after(Duration.ofNanos(nanos - nowNanos()), action);
  }

  void changed(int observer, int subject, Status status) {
    listener.changed(observer, subject, status, nowNanos());
  }

  void datagram(int from, int to, List<PlainMessage> packet) {
    OptionalLong delay = simulation.network().delayNanos(host(from), host(to));
    if (delay.isPresent()) {
      at(nowNanos() + delay.getAsLong(), () -> nodes.get(to).onPacket(from, packet));
    }
  }

  void dial(int from, int to, PlainMessage message) {
    long syn = arrivalNanos(from, to, nowNanos(), SYN_RETRY_NANOS);
    long synAck = arrivalNanos(to, from, syn, SYN_RETRY_NANOS);
    segment(from, to, synAck, message);
  }

  void answer(int from, int to, PlainMessage message) {
    segment(from, to, nowNanos(), message);
  }

  private void segment(int from, int to, long sentNanos, PlainMessage message) {
    long arrival = arrivalNanos(from, to, sentNanos, SEGMENT_RETRY_NANOS);
    if (arrival != Long.MAX_VALUE) {
      at(arrival, () -> nodes.get(to).onStream(from, message));
    }
  }

  /** When a segment arrives with the retries that it needs; {@code MAX_VALUE} for never. */
  private long arrivalNanos(int from, int to, long sentNanos, long firstRetryNanos) {
    long sent = sentNanos;
    long retry = firstRetryNanos;
    for (int tried = 0; tried < TRIES && sentNanos != Long.MAX_VALUE; tried++) {
      OptionalLong delay = simulation.network().delayNanos(host(from), host(to));
      if (delay.isPresent()) {
        return sent + delay.getAsLong();
      }
      sent += retry;
      retry *= 2;
    }
    return Long.MAX_VALUE;
  }
}
