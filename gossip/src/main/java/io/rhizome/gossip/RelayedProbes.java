// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pings that this node sent for others, until they are answered. Bounded: the oldest give way, and
 * none is older than one probe interval when it is used.
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
  private final Map<Long, Relay> pending = new LinkedHashMap<>();
  private final Map<Long, Relay> silent = new LinkedHashMap<>();

  /** Who asked, under which nonce. */
  record Relay(Sender asker, long nonce, NodeId target, long sentNanos) {}

  RelayedProbes(GossipConfig config) {
    this.lifetimeNanos = 2 * config.probeIntervalNanos();
    this.nackNanos = config.probeTimeoutNanos() / NACK_DIVISOR * NACK_SHARE;
  }

  /** Remembers who asked; {@code own} is the nonce of this node's own ping. */
  void begin(long now, long own, Sender asker, long nonce, NodeId target) {
    if (pending.size() >= MAX_PENDING) {
      long oldest = pending.keySet().iterator().next();
      pending.remove(oldest);
      silent.remove(oldest);
    }
    Relay relay = new Relay(asker, nonce, target, now);
    pending.put(own, relay);
    silent.put(own, relay);
  }

  /**
   * Those whose asker should hear by now that the target does not answer; each is returned once. An
   * ack that still comes is passed on all the same.
   */
  List<Relay> unanswered(long now) {
    List<Relay> found = new ArrayList<>();
    var oldest = silent.values().iterator();
    while (oldest.hasNext()) {
      Relay relay = oldest.next();
      if (now - relay.sentNanos() < nackNanos) {
        break;
      }
      oldest.remove();
      found.add(relay);
    }
    return found;
  }

  /** When {@link #unanswered} has something to return, if nothing comes before. */
  long nextDeadlineNanos(long fallback) {
    return silent.isEmpty()
        ? fallback
        : Math.min(fallback, silent.values().iterator().next().sentNanos() + nackNanos);
  }

  /** Whom to pass this ack on to, if it answers a relayed ping in time. */
  @Nullable Relay end(long now, NodeId from, long nonce) {
    Relay relay = pending.get(nonce);
    if (relay == null || !relay.target().equals(from)) {
      return null;
    }
    pending.remove(nonce);
    silent.remove(nonce);
    return now - relay.sentNanos() <= lifetimeNanos ? relay : null;
  }
}
