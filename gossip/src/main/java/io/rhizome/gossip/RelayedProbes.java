// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pings that this node sent for others, until they are answered. Bounded: the oldest give way, and
 * none is older than one probe interval when it is used. Sequence numbers are negative, so that
 * they never meet those of {@link ProbeRound}.
 */
final class RelayedProbes {
  private static final int MAX_PENDING = 256;

  private final long lifetimeNanos;
  private final Map<Integer, Relay> pending = new LinkedHashMap<>();
  private int nextSequence;

  /** Who asked, and under which number. */
  record Relay(Endpoint asker, int sequence, NodeId target, long sentNanos) {}

  RelayedProbes(GossipConfig config, int firstSequence) {
    this.lifetimeNanos = config.probeIntervalNanos();
    this.nextSequence = firstSequence | Integer.MIN_VALUE;
  }

  /** Remembers who asked; returns the sequence of this node's own ping. */
  int begin(long now, Endpoint asker, int sequence, NodeId target) {
    if (pending.size() >= MAX_PENDING) {
      pending.remove(pending.keySet().iterator().next());
    }
    pending.put(nextSequence, new Relay(asker, sequence, target, now));
    int sent = nextSequence;
    nextSequence = (nextSequence + 1) | Integer.MIN_VALUE;
    return sent;
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
