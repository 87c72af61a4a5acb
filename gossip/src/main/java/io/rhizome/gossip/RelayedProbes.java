// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pings that this node sent for others, until they are answered. Bounded: the oldest give way, and
 * none is older than one probe interval when it is used. Sequence numbers are negative, so that
 * they never meet those of {@link ProbeRound}.
 */
final class RelayedProbes {
  private static final int MAX_PENDING = 256;

  /**
   * A nack is sent after 4/5 of a probe's time-out, so that it is there before the asker gives up.
   */
  private static final int NACK_SHARE = 4;

  private static final int NACK_DIVISOR = 5;

  private final long lifetimeNanos;
  private final long nackNanos;
  private final Map<Integer, Relay> pending = new LinkedHashMap<>();
  private final Deque<Integer> silent = new ArrayDeque<>();
  private int nextSequence;

  /** Who asked, and under which number. */
  record Relay(Endpoint asker, int sequence, NodeId target, long sentNanos) {}

  RelayedProbes(GossipConfig config, int firstSequence) {
    this.lifetimeNanos = config.probeIntervalNanos();
    this.nackNanos = config.probeTimeoutNanos() / NACK_DIVISOR * NACK_SHARE;
    this.nextSequence = firstSequence | Integer.MIN_VALUE;
  }

  /** Remembers who asked; returns the sequence of this node's own ping. */
  int begin(long now, Endpoint asker, int sequence, NodeId target) {
    if (pending.size() >= MAX_PENDING) {
      int oldest = pending.keySet().iterator().next();
      pending.remove(oldest);
      silent.remove(oldest);
    }
    pending.put(nextSequence, new Relay(asker, sequence, target, now));
    silent.addLast(nextSequence);
    int sent = nextSequence;
    nextSequence = (nextSequence + 1) | Integer.MIN_VALUE;
    return sent;
  }

  /**
   * Those whose asker should hear by now that the target does not answer; each is returned once. An
   * ack that still comes is passed on all the same.
   */
  List<Relay> unanswered(long now) {
    List<Relay> found = new ArrayList<>();
    while (!silent.isEmpty()) {
      int sequence = silent.getFirst();
      Relay relay = pending.get(sequence);
      if (relay != null && now - relay.sentNanos() < nackNanos) {
        break;
      }
      silent.removeFirst();
      if (relay != null) {
        found.add(relay);
      }
    }
    return found;
  }

  /** When {@link #unanswered} has something to return, if nothing comes before. */
  long nextDeadlineNanos(long fallback) {
    for (int sequence : silent) {
      Relay relay = pending.get(sequence);
      if (relay != null) {
        return Math.min(fallback, relay.sentNanos() + nackNanos);
      }
    }
    return fallback;
  }

  /** Whom to pass this ack on to, if it answers a relayed ping in time. */
  @Nullable Relay end(long now, NodeId from, int sequence) {
    Relay relay = pending.get(sequence);
    if (relay == null || !relay.target().equals(from)) {
      return null;
    }
    pending.remove(sequence);
    return now - relay.sentNanos() <= lifetimeNanos ? relay : null;
  }
}
