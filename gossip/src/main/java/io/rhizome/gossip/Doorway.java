// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Whether others reach this node, and whom they reach it through where they do not: behind a NAT,
 * or a firewall that lets it dial out only, its own probes are answered while nobody's ping arrives
 * and accusations come instead. Then it opens streams to a few members, keeps them open, and says
 * in its alive record that those are its relays.
 */
final class Doorway {
  private static final long WATCH_NANOS = 20_000_000_000L;
  private static final long KEEP_NANOS = 5_000_000_000L;

  /** Where all reach it, about one ping comes per probe interval. */
  private static final int FEW_PINGS = 3;

  private static final int REFUTATIONS = 2;

  private final MemberTable table;
  private final Random random;
  private List<NodeId> relays = List.of();
  private int pings;
  private int refutations;
  private int answers;
  private long watchNanos;
  private long keepNanos;

  Doorway(MemberTable table, Random random, long nowNanos) {
    this.table = table;
    this.random = random;
    this.watchNanos = nowNanos + WATCH_NANOS;
    this.keepNanos = nowNanos + KEEP_NANOS;
  }

  /** A ping came by datagram. */
  void onPing() {
    pings++;
  }

  /** This node had to refute an accusation. */
  void onRefuted() {
    refutations++;
  }

  /** A probe of this node was answered. */
  void onAnswer() {
    answers++;
  }

  /** Judges what was counted; whether the {@link #relays()} have changed. */
  boolean onTick(long now) {
    if (now - watchNanos < 0) {
      return false;
    }
    boolean hidden = refutations >= REFUTATIONS && pings < FEW_PINGS && answers > pings;
    boolean found = !relays.isEmpty() && pings >= 2 * FEW_PINGS;
    pings = 0;
    refutations = 0;
    answers = 0;
    watchNanos = now + WATCH_NANOS;
    List<NodeId> before = relays;
    if (found) {
      relays = List.of();
    } else if (hidden || !relays.isEmpty()) {
      relays = chosen();
    }
    return !relays.equals(before);
  }

  /** Those that still answer, and others in the place of those that do not. */
  private List<NodeId> chosen() {
    List<NodeId> chosen = new ArrayList<>();
    for (NodeId relay : relays) {
      Peer peer = table.get(relay);
      if (peer != null && isFit(peer)) {
        chosen.add(relay);
      }
    }
    int missing = Contact.MAX_RELAYS - chosen.size();
    for (Peer peer :
        table.inUse().sample(random, missing, peer -> isFit(peer) && !chosen.contains(peer.id))) {
      chosen.add(peer.id);
    }
    return chosen;
  }

  private static boolean isFit(Peer peer) {
    return peer.status.usable()
        && peer.contact.relays().isEmpty()
        && peer.link.reachability().equals(Reachability.DIRECT);
  }

  /** Whether the streams to the relays need a word to stay open. */
  boolean isKeepDue(long now) {
    if (relays.isEmpty() || now - keepNanos < 0) {
      return false;
    }
    keepNanos = now + KEEP_NANOS;
    return true;
  }

  List<NodeId> relays() {
    return relays;
  }

  long nextDeadlineNanos() {
    return relays.isEmpty() ? watchNanos : Math.min(watchNanos, keepNanos);
  }
}
