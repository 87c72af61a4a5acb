// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment.plain;

import io.rhizome.gossip.Member.Status;
import io.rhizome.simulator.experiment.plain.PlainMessage.Ack;
import io.rhizome.simulator.experiment.plain.PlainMessage.Ping;
import io.rhizome.simulator.experiment.plain.PlainMessage.PingRequest;
import io.rhizome.simulator.experiment.plain.PlainMessage.State;
import io.rhizome.simulator.experiment.plain.PlainMessage.Update;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * One member of plain SWIM (Das, Gupta, Motivala, 2002) with suspicion, in the form in which it is
 * in use: dissemination by gossip of its own as well as on probes, a probe over a stream beside the
 * indirect ones, and all that is known exchanged with one member now and then. This is what
 * Lifeguard (Dadgar, Phillips, Currey, 2018) was measured against; its parts are missing here:
 * there is no local health, no nack, no confirmation, no word to a suspect with its ping. All
 * members know all others from the start.
 *
 * <pre>
 * from              on                                        to
 * ALIVE             suspect of this incarnation or a later    SUSPECT
 * SUSPECT           alive of a later incarnation              ALIVE
 * SUSPECT           the suspicion's time is over              DEAD
 * ALIVE, SUSPECT    dead of this incarnation or a later       DEAD
 * DEAD              alive of a later incarnation              ALIVE
 * </pre>
 *
 * Each change is passed on; who hears itself called suspect or dead says that it is alive in the
 * next incarnation. A dead member in another's full state counts as suspect. The dead are gossiped
 * to for a while, so that they can refute. An accusation after a failed probe is of the incarnation
 * that was known when the probe began.
 *
 * <p>What is due is done in the order in which it came due. Intervals are ticks: one that was
 * missed is made up for at once, more are not, and their phase stays.
 *
 * <p>Not thread-safe: one thread at a time. Times in nanoseconds.
 */
final class PlainSwim {
  private static final long GOSSIP_TO_DEAD_NANOS = 30_000_000_000L;
  private static final long STREAM_TIMEOUT_NANOS = 10_000_000_000L;
  private static final int NOBODY = -1;

  private final int self;
  private final PlainConfig config;
  private final Random random;
  private final Status[] statuses;
  private final long[] incarnations;
  private final long[] changedNanos;
  private final PlainQueue queue;
  private final Deque<Suspicion> suspicions = new ArrayDeque<>();
  private final TreeMap<Integer, Relay> relays = new TreeMap<>();
  private final List<Integer> order = new ArrayList<>();
  private Phase phase = Phase.IDLE;
  private int target = NOBODY;
  private long targetIncarnation;
  private int probeSequence;
  private int sequence;
  private long sentNanos;
  private long nextProbeNanos;
  private long nextGossipNanos;
  private long nextSyncNanos;
  private int syncPeer = NOBODY;
  private long syncEndsNanos;

  private enum Phase {
    IDLE,
    DIRECT,
    INDIRECT
  }

  /** All wait as long, so that they end in the order in which they began. */
  private record Suspicion(int subject, long sinceNanos, long endsNanos) {}

  private record Relay(int asker, int sequence, long endsNanos) {}

  /** What the driver does for a member. */
  interface Out {
    /** Sends a datagram. */
    void send(int to, List<PlainMessage> packet);

    /** Dials and sends one message on the stream. */
    void dial(int to, PlainMessage message);

    /** Sends on the stream that the message now handled came on. */
    void answer(int to, PlainMessage message);

    /** This member sees another in that status from now on. */
    void changed(int subject, Status status);
  }

  PlainSwim(long now, int self, int members, PlainConfig config, Random random) {
    this.self = self;
    this.config = config;
    this.random = random;
    this.statuses = new Status[members];
    this.incarnations = new long[members];
    this.changedNanos = new long[members];
    this.queue = new PlainQueue(members);
    Arrays.fill(statuses, Status.ALIVE);
    Arrays.fill(incarnations, 1);
    this.nextProbeNanos = now + random.nextLong(config.probeIntervalNanos());
    this.nextGossipNanos = now + random.nextLong(config.gossipIntervalNanos());
    this.nextSyncNanos = now + random.nextLong(config.syncIntervalNanos());
  }

  Status status(int member) {
    return statuses[member];
  }

  long nextDeadlineNanos() {
    long next = Math.min(probeDeadlineNanos(), Math.min(nextGossipNanos, nextSyncNanos));
    Suspicion first = suspicions.peekFirst();
    return first == null ? next : Math.min(next, first.endsNanos());
  }

  /** Does what is due by now. */
  void onTick(long now, Out out) {
    for (long due = nextDeadlineNanos(); due <= now; due = nextDeadlineNanos()) {
      Suspicion first = suspicions.peekFirst();
      if (first != null && first.endsNanos() == due) {
        suspicions.removeFirst();
        expire(now, first, out);
      } else if (probeDeadlineNanos() == due) {
        probe(now, out);
      } else if (nextGossipNanos == due) {
        nextGossipNanos = tickAfter(now, nextGossipNanos, config.gossipIntervalNanos());
        gossip(now, out);
      } else {
        nextSyncNanos = tickAfter(now, nextSyncNanos, config.syncIntervalNanos());
        sync(now, out);
      }
    }
  }

  /** One datagram. */
  void onPacket(long now, int from, List<PlainMessage> packet, Out out) {
    for (PlainMessage message : packet) {
      if (message instanceof Ping ping) {
        out.send(from, filled(new Ack(ping.sequence())));
      } else if (message instanceof PingRequest request) {
        relay(now, from, request, out);
      } else if (message instanceof Ack ack) {
        onAck(now, ack, out);
      } else if (message instanceof Update update) {
        onUpdate(now, update, out);
      }
    }
  }

  /** One message on a stream. */
  void onStream(long now, int from, PlainMessage message, Out out) {
    if (message instanceof Ping ping) {
      out.answer(from, new Ack(ping.sequence()));
    } else if (message instanceof Ack ack) {
      onAck(now, ack, out);
    } else if (message instanceof State state && !state.answer()) {
      out.answer(from, new State(true, all()));
      merge(now, state, out);
    } else if (message instanceof State state && from == syncPeer && now <= syncEndsNanos) {
      syncPeer = NOBODY;
      merge(now, state, out);
    }
  }

  private long probeDeadlineNanos() {
    return switch (phase) {
      case IDLE -> nextProbeNanos;
      case DIRECT -> sentNanos + config.probeTimeoutNanos();
      case INDIRECT -> sentNanos + config.probeIntervalNanos();
    };
  }

  private void probe(long now, Out out) {
    switch (phase) {
      case IDLE -> {
        nextProbeNanos = tickAfter(now, nextProbeNanos, config.probeIntervalNanos());
        target = nextTarget();
        if (target != NOBODY) {
          phase = Phase.DIRECT;
          targetIncarnation = incarnations[target];
          probeSequence = ++sequence;
          sentNanos = now;
          out.send(target, filled(new Ping(probeSequence)));
        }
      }
      case DIRECT -> {
        phase = Phase.INDIRECT;
        int probed = target;
        for (int helper : sample(config.indirectProbes(), m -> m != probed && isAlive(m))) {
          out.send(helper, filled(new PingRequest(probeSequence, probed)));
        }
        out.dial(probed, new Ping(probeSequence));
      }
      case INDIRECT -> {
        phase = Phase.IDLE;
        suspect(now, target, targetIncarnation, out);
      }
    }
  }

  private int nextTarget() {
    if (order.isEmpty()) {
      for (int member = 0; member < statuses.length; member++) {
        order.add(member);
      }
      Collections.shuffle(order, random);
    }
    while (!order.isEmpty()) {
      int next = order.remove(order.size() - 1);
      if (next != self && statuses[next] != Status.DEAD) {
        return next;
      }
    }
    return NOBODY;
  }

  private void relay(long now, int asker, PingRequest request, Out out) {
    while (!relays.isEmpty() && relays.firstEntry().getValue().endsNanos() < now) {
      relays.pollFirstEntry();
    }
    relays.put(++sequence, new Relay(asker, request.sequence(), now + config.probeIntervalNanos()));
    out.send(request.target(), filled(new Ping(sequence)));
  }

  private void onAck(long now, Ack ack, Out out) {
    if (phase != Phase.IDLE && ack.sequence() == probeSequence) {
      phase = Phase.IDLE;
      return;
    }
    Relay relay = relays.remove(ack.sequence());
    if (relay != null && now <= relay.endsNanos()) {
      out.send(relay.asker(), filled(new Ack(relay.sequence())));
    }
  }

  private void gossip(long now, Out out) {
    for (int member : sample(config.gossipFanout(), m -> hears(now, m))) {
      List<PlainMessage> packet = queue.take(PlainMessage.PACKET_BYTES, limit());
      if (packet.isEmpty()) {
        return;
      }
      out.send(member, packet);
    }
  }

  private boolean isAlive(int member) {
    return statuses[member] == Status.ALIVE;
  }

  private boolean hears(long now, int member) {
    return statuses[member] != Status.DEAD || now - changedNanos[member] <= GOSSIP_TO_DEAD_NANOS;
  }

  private void sync(long now, Out out) {
    for (int peer : sample(1, this::isAlive)) {
      syncPeer = peer;
      syncEndsNanos = now + STREAM_TIMEOUT_NANOS;
      out.dial(peer, new State(false, all()));
    }
  }

  private List<Update> all() {
    List<Update> members = new ArrayList<>(statuses.length);
    for (int member = 0; member < statuses.length; member++) {
      members.add(new Update(statuses[member], member, incarnations[member]));
    }
    return members;
  }

  private void merge(long now, State state, Out out) {
    for (Update update : state.members()) {
      if (update.status() == Status.ALIVE) {
        onUpdate(now, update, out);
      } else {
        suspect(now, update.subject(), update.incarnation(), out);
      }
    }
  }

  private void onUpdate(long now, Update update, Out out) {
    int subject = update.subject();
    if (update.status() == Status.SUSPECT) {
      suspect(now, subject, update.incarnation(), out);
    } else if (update.status() == Status.DEAD) {
      dead(now, subject, update.incarnation(), out);
    } else if (subject != self && update.incarnation() > incarnations[subject]) {
      become(now, update, out);
    }
  }

  private void suspect(long now, int subject, long incarnation, Out out) {
    if (incarnation < incarnations[subject] || statuses[subject] != Status.ALIVE) {
      return;
    }
    if (subject == self) {
      refute(incarnation);
      return;
    }
    become(now, new Update(Status.SUSPECT, subject, incarnation), out);
    suspicions.addLast(new Suspicion(subject, now, now + config.suspicionNanos(statuses.length)));
  }

  private void expire(long now, Suspicion suspicion, Out out) {
    int subject = suspicion.subject();
    if (statuses[subject] == Status.SUSPECT && changedNanos[subject] == suspicion.sinceNanos()) {
      dead(now, subject, incarnations[subject], out);
    }
  }

  private void dead(long now, int subject, long incarnation, Out out) {
    if (incarnation < incarnations[subject] || statuses[subject] == Status.DEAD) {
      return;
    }
    if (subject == self) {
      refute(incarnation);
      return;
    }
    become(now, new Update(Status.DEAD, subject, incarnation), out);
  }

  private void refute(long accused) {
    incarnations[self] = accused + 1;
    queue.add(new Update(Status.ALIVE, self, incarnations[self]));
  }

  private void become(long now, Update update, Out out) {
    int subject = update.subject();
    incarnations[subject] = update.incarnation();
    queue.add(update);
    if (statuses[subject] != update.status()) {
      statuses[subject] = update.status();
      changedNanos[subject] = now;
      out.changed(subject, update.status());
    }
  }

  /** A message and what else there is to say, as much as fits. */
  private List<PlainMessage> filled(PlainMessage message) {
    List<PlainMessage> packet = new ArrayList<>();
    packet.add(message);
    packet.addAll(queue.take(PlainMessage.PACKET_BYTES - message.bytes(), limit()));
    return packet;
  }

  private int limit() {
    return config.retransmits(statuses.length);
  }

  /** So many others for whom that holds, at random; fewer where there are not as many. */
  private List<Integer> sample(int count, IntPredicate holds) {
    List<Integer> chosen = new ArrayList<>(count);
    List<Integer> left = new ArrayList<>(statuses.length);
    for (int member = 0; member < statuses.length; member++) {
      if (member != self && holds.test(member)) {
        left.add(member);
      }
    }
    while (chosen.size() < count && !left.isEmpty()) {
      int at = random.nextInt(left.size());
      chosen.add(left.get(at));
      left.set(at, left.get(left.size() - 1));
      left.remove(left.size() - 1);
    }
    return chosen;
  }

  private static long tickAfter(long now, long tick, long interval) {
    return tick + ((now - tick) / interval + 1) * interval;
  }
}
