// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.Member.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The other members and the status of each. {@code i} is the newest incarnation known of it:
 *
 * <pre>
 * from            on                                              to
 * unknown         alive, genuine, not buried at its incarnation   ALIVE
 * ALIVE           suspect(i), dead(i), own probe failed           SUSPECT
 * SUSPECT         alive(&gt; i)                                      ALIVE
 * SUSPECT         suspect(i), another accuser                     SUSPECT, less time to refute
 * SUSPECT         time to refute is over, or 3/4 of the shortest  DEAD
 *                 and dead(i)
 * DEAD, LEFT      alive(&gt; i)                                      ALIVE
 * ALIVE, SUSPECT, leave(&gt;= i)                                     LEFT
 *   DEAD
 * DEAD, LEFT      forgetAfterMillis in that status, or the table  unknown, buried at i
 *                 is full and a new member comes
 * </pre>
 *
 * <p>Everything else changes nothing: accusations of another incarnation are about another life,
 * accusations of the departed are pointless, and an alive of the incarnation that is dead or buried
 * is answered with the accusation, so that the accused can refute it. A dead that finds the target
 * merely ALIVE opens a suspicion, and one that comes early in a suspicion is ignored: the accused
 * gets its time to refute here too, however many repeat the verdict.
 *
 * <p>An alive of a higher boot epoch replaces the member's old self with all that it said.
 */
final class MemberTable {
  /** Most buried incarnations remembered. */
  private static final int MAX_BURIED = 4_096;

  private final GossipConfig config;
  private final NodeId self;
  private final NodeStateStore store;
  private final BroadcastQueue queue;
  private final Tally tally;
  private final NavigableMap<NodeId, Peer> peers = new TreeMap<>();
  private final Map<NodeId, SignedRecord> buried = new LinkedHashMap<>();
  private int usable = 1;
  private long changes;

  MemberTable(
      GossipConfig config, NodeId self, NodeStateStore store, BroadcastQueue queue, Tally tally) {
    this.config = config;
    this.self = self;
    this.store = store;
    this.queue = queue;
    this.tally = tally;
  }

  @Nullable Peer get(NodeId id) {
    return peers.get(id);
  }

  /** All members but this node, ordered by id. */
  NavigableMap<NodeId, Peer> all() {
    return Collections.unmodifiableNavigableMap(peers);
  }

  /** Members in one of these statuses, ordered by id. */
  List<Peer> in(Collection<Status> statuses) {
    List<Peer> found = new ArrayList<>();
    for (Peer peer : peers.values()) {
      if (statuses.contains(peer.status)) {
        found.add(peer);
      }
    }
    return found;
  }

  /** How many members are in use, this node included. */
  int usableCount() {
    return usable;
  }

  /** Grows with every visible change. */
  long changes() {
    return changes;
  }

  /** The incarnation at which a forgotten member was last dead or gone; -1 where there is none. */
  long buriedAt(NodeId id) {
    SignedRecord last = buried.get(id);
    return last == null ? -1 : last.version();
  }

  /** What this node holds against a member, if anything: an accusation or its own goodbye. */
  @Nullable Message accusation(NodeId id) {
    Peer peer = peers.get(id);
    if (peer == null) {
      long incarnation = buriedAt(id);
      return incarnation < 0 ? null : new Message.Dead(id, incarnation, self);
    }
    return switch (peer.status) {
      case ALIVE -> null;
      case SUSPECT -> new Message.Suspect(id, peer.incarnation(), self);
      case DEAD -> new Message.Dead(id, peer.incarnation(), self);
      case LEFT -> peer.leave == null ? null : new Message.Statement(peer.leave);
    };
  }

  /**
   * What the sender of a stale alive record should hear: of the same incarnation, what is held
   * against it; of an older one, where the owner is gone or in a later life, the newest that it
   * said itself. A node that lost its boot epoch learns from that, and only from that, since no
   * unsigned word may push it on.
   */
  private @Nullable Message objection(SignedRecord stale, @Nullable Peer peer) {
    SignedRecord last = peer == null ? buried.get(stale.owner()) : peer.lastWord();
    if (last == null || stale.version() == last.version()) {
      return accusation(stale.owner());
    }
    boolean gone = peer == null || !peer.status.usable();
    return gone || stale.epoch() < last.epoch() ? new Message.Statement(last) : null;
  }

  /**
   * Another member's alive record.
   *
   * @return what its sender should hear of it, if anything
   */
  @Nullable Message onAlive(long now, SignedRecord record, Out out) {
    Peer peer = peers.get(record.owner());
    long known = peer == null ? buriedAt(record.owner()) : peer.incarnation();
    if (record.version() <= known) {
      return objection(record, peer);
    }
    if (!store.isGenuine(record)) {
      return null;
    }
    Contact contact;
    try {
      contact = RecordFormat.readAlive(record.value());
    } catch (IllegalArgumentException e) {
      tally.recordsRejected++;
      return null;
    }
    if (peer == null) {
      admit(now, record, contact, out);
    } else {
      renew(now, peer, record, contact, out);
    }
    return null;
  }

  private void admit(long now, SignedRecord record, Contact contact, Out out) {
    if (peers.size() >= config.maxMembers() && !forgetOneGone()) {
      tally.recordsOverCap++;
      return;
    }
    buried.remove(record.owner());
    peers.put(record.owner(), new Peer(record, contact, now));
    store.startEpoch(record.owner());
    usable++;
    spread(record);
    out.happened(new SwimEvent.Joined(record.owner(), contact.mesh()));
  }

  private void renew(long now, Peer peer, SignedRecord record, Contact contact, Out out) {
    Status before = peer.status;
    if (record.epoch() != peer.epoch()) {
      store.startEpoch(peer.id);
      peer.rttNanos = -1;
      peer.shownRttNanos = -1;
    }
    peer.alive = record;
    peer.contact = contact;
    peer.leave = null;
    peer.suspicion = null;
    move(now, peer, Status.ALIVE);
    spread(record);
    if (before == Status.SUSPECT) {
      out.happened(new SwimEvent.Cleared(peer.id));
    } else if (before != Status.ALIVE) {
      out.happened(new SwimEvent.Joined(peer.id, contact.mesh()));
    }
  }

  /** Another member's leave record. */
  void onLeave(long now, SignedRecord record, Out out) {
    Peer peer = peers.get(record.owner());
    if (peer == null || peer.status == Status.LEFT || record.version() < peer.incarnation()) {
      return;
    }
    if (!store.isGenuine(record)) {
      return;
    }
    peer.leave = record;
    peer.suspicion = null;
    move(now, peer, Status.LEFT);
    spread(record);
    out.happened(new SwimEvent.Departed(peer.id));
  }

  /** A suspicion, this node's own or another's, of a member other than this node. */
  void onSuspect(long now, NodeId target, long incarnation, NodeId accuser, Out out) {
    Peer peer = peers.get(target);
    if (peer == null || peer.incarnation() != incarnation) {
      return;
    }
    if (peer.suspicion != null && peer.suspicion.confirm(accuser)) {
      queue.addAccusation(target, new Message.Suspect(target, incarnation, accuser));
    }
    if (peer.status != Status.ALIVE) {
      return;
    }
    peer.suspicion = Suspicion.raise(now, accuser, config, usableCount());
    move(now, peer, Status.SUSPECT);
    queue.addAccusation(target, new Message.Suspect(target, incarnation, accuser));
    out.happened(new SwimEvent.Suspected(target, accuser));
  }

  /** Another's verdict on a member other than this node. */
  void onDead(long now, NodeId target, long incarnation, NodeId accuser, Out out) {
    Peer peer = peers.get(target);
    if (peer == null || peer.incarnation() != incarnation) {
      return;
    }
    Suspicion suspicion = peer.suspicion;
    if (suspicion == null) {
      onSuspect(now, target, incarnation, accuser, out);
    } else if (suspicion.isMostlyOver(now)) {
      bury(now, peer, accuser, out);
    } else {
      onSuspect(now, target, incarnation, accuser, out);
    }
  }

  /** Puts open suspicions to the accused, ends those whose time is over, forgets the long gone. */
  void onTick(long now, Out out) {
    for (Peer peer : new ArrayList<>(peers.values())) {
      Suspicion suspicion = peer.suspicion;
      if (suspicion != null && suspicion.isExpired(now)) {
        bury(now, peer, self, out);
      } else if (suspicion != null && suspicion.isCallDue(now)) {
        suspicion.called();
        Message accusation = new Message.Suspect(peer.id, peer.incarnation(), self);
        out.send(peer.contact.mesh(), List.of(accusation));
      } else if (!peer.status.usable() && now - peer.sinceNanos >= config.forgetAfterNanos()) {
        forget(peer);
      }
    }
  }

  /** When {@link #onTick} next has something to do, if the table does not change. */
  long nextDeadlineNanos(long fallback) {
    long next = fallback;
    for (Peer peer : peers.values()) {
      Suspicion suspicion = peer.suspicion;
      if (suspicion != null) {
        next = Math.min(next, suspicion.nextNanos());
      } else if (!peer.status.usable()) {
        next = Math.min(next, peer.sinceNanos + config.forgetAfterNanos());
      }
    }
    return next;
  }

  /** A round trip to a member, smoothed as TCP does (RFC 6298, alpha 1/8). */
  void onRoundTrip(NodeId id, long nanos) {
    Peer peer = peers.get(id);
    if (peer != null) {
      long sample = Math.max(1, nanos);
      peer.rttNanos = peer.rttNanos < 0 ? sample : peer.rttNanos + (sample - peer.rttNanos) / 8;
      long moved = Math.abs(peer.rttNanos - peer.shownRttNanos);
      if (peer.shownRttNanos < 0 || moved > peer.shownRttNanos / 8) {
        peer.shownRttNanos = peer.rttNanos;
        changes++;
      }
    }
  }

  /** Another member's labels or model record. */
  void onRecord(SignedRecord record) {
    Peer peer = peers.get(record.owner());
    if (peer != null && store.accept(record, peer.epoch())) {
      spread(record);
    }
  }

  private void bury(long now, Peer peer, NodeId accuser, Out out) {
    peer.suspicion = null;
    move(now, peer, Status.DEAD);
    queue.addAccusation(peer.id, new Message.Dead(peer.id, peer.incarnation(), accuser));
    tally.membersDied++;
    out.happened(new SwimEvent.Died(peer.id));
  }

  private void move(long now, Peer peer, Status to) {
    if (peer.status != to) {
      usable += (to.usable() ? 1 : 0) - (peer.status.usable() ? 1 : 0);
      peer.status = to;
      peer.sinceNanos = now;
    }
    changes++;
  }

  private void spread(SignedRecord record) {
    queue.addRecord(record);
    changes++;
  }

  private boolean forgetOneGone() {
    Peer oldest = null;
    for (Peer peer : peers.values()) {
      if (!peer.status.usable() && (oldest == null || peer.sinceNanos < oldest.sinceNanos)) {
        oldest = peer;
      }
    }
    if (oldest != null) {
      forget(oldest);
    }
    return oldest != null;
  }

  private void forget(Peer peer) {
    peers.remove(peer.id);
    store.forget(peer.id);
    buried.put(peer.id, peer.lastWord());
    if (buried.size() > MAX_BURIED) {
      buried.remove(buried.keySet().iterator().next());
    }
    changes++;
  }
}
