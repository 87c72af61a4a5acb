// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.Member.Status;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The other members and the status of each. {@code i} is the newest incarnation known of it:
 *
 * <pre>
 * from            on                                              to
 * unknown         alive, genuine, not buried at its incarnation   ALIVE
 * ALIVE           accused(i) by enough distinct members           SUSPECT
 * SUSPECT         a minute without an open accusation             ALIVE
 * SUSPECT, ALIVE  time to refute is over, accused(i) by enough,   DEAD
 *                 and it has not answered this node meanwhile
 * DEAD, LEFT      alive(&gt; i)                                      ALIVE
 * ALIVE, SUSPECT, leave(&gt;= i)                                     LEFT
 *   DEAD
 * DEAD, LEFT      forgetAfterMillis in that status, or the table  unknown, buried at i
 *                 is full and a new member comes
 * </pre>
 *
 * <p>Enough are two, as long as this node hears anybody else: one member's word, whether it is
 * slow, badly linked or hostile, never ends another's membership, nor shows in the view. What a
 * single member says does count at once for {@link PeerLink}, as far as {@link LoneWords} believes
 * it: routing around costs little. A member that is accused and refutes again and again stays
 * SUSPECT, which is in use, so that it does not make the view flap (after the cut detection of L.
 * Suresh et al., "Stable and Consistent Membership at Scale with Rapid", ATC 2018, without its
 * quorum, which split edges do not have).
 *
 * <p>Everything else changes nothing: accusations of another incarnation are about another life,
 * accusations of the departed are pointless, and an alive of the incarnation that is dead or buried
 * is answered with a challenge, so that its owner can outlive it.
 *
 * <p>An alive of a higher boot epoch replaces the member's old self with all that it said.
 */
final class MemberTable {
  /** As long must a suspect be without an open accusation to be ALIVE again. */
  static final long CALM_NANOS = 60_000_000_000L;

  private final GossipConfig config;
  private final NodeId self;
  private final RecordAuthority authority;
  private final Verifier verifier;
  private final News news;
  private final Tally tally;
  private final Peers peers = new Peers();
  private final InUse inUse = new InUse();
  private final Set<Peer> watched = new LinkedHashSet<>();
  private final Buried buried = new Buried();
  private final Company company = new Company();
  private final LoneWords loneWords = new LoneWords();
  private long nextNanos;
  private boolean nextKnown;
  private long changes;

  MemberTable(
      GossipConfig config,
      NodeId self,
      RecordAuthority authority,
      Verifier verifier,
      News news,
      Tally tally) {
    this.config = config;
    this.self = self;
    this.authority = authority;
    this.verifier = verifier;
    this.news = news;
    this.tally = tally;
  }

  @Nullable Peer get(NodeId id) {
    Peer peer = peers.get(id.prefix());
    return peer != null && peer.id.equals(id) ? peer : null;
  }

  /** The member whose id begins so; null where there is none. */
  @Nullable Peer get(long prefix) {
    return peers.get(prefix);
  }

  /** All members but this node. */
  Peers all() {
    return peers;
  }

  /** The members in use. */
  InUse inUse() {
    return inUse;
  }

  /** How many members are in use, this node included. */
  int usableCount() {
    return inUse.size() + 1;
  }

  /** One of the dead, drawn at random; null where there is none. */
  @Nullable Peer sampleDead(Random random) {
    List<Peer> dead = new ArrayList<>();
    for (Peer peer : watched) {
      if (peer.status == Status.DEAD) {
        dead.add(peer);
      }
    }
    return dead.isEmpty() ? null : dead.get(random.nextInt(dead.size()));
  }

  /** Grows with every visible change. */
  long changes() {
    return changes;
  }

  /** The incarnation at which a forgotten member was last dead or gone; -1 where there is none. */
  long buriedAt(long prefix) {
    return buried.incarnation(prefix);
  }

  /** What that member should hear of itself, if anything: a challenge or its own goodbye. */
  @Nullable Message objection(NodeId id) {
    Peer peer = get(id);
    if (peer == null) {
      long incarnation = buriedAt(id.prefix());
      return incarnation < 0 ? null : new Message.Challenge(id, incarnation);
    }
    SignedRecord goodbye = peer.leave();
    if (peer.status == Status.LEFT) {
      return goodbye == null ? null : new Message.Statement(goodbye);
    }
    return peer.suspicion == null ? null : new Message.Challenge(id, peer.incarnation());
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
      return objection(stale.owner());
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
    Peer peer = get(record.owner());
    long known = peer == null ? buriedAt(record.owner().prefix()) : peer.incarnation();
    if (record.version() <= known) {
      return objection(record, peer);
    }
    if (!verifier.isGenuine(record)) {
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
    if (peers.get(record.owner().prefix()) != null) {
      tally.recordsRejected++;
      return;
    }
    if (peers.size() >= config.maxMembers() && !forgetOneGone()) {
      tally.recordsOverCap++;
      return;
    }
    buried.remove(record.owner());
    Peer peer = new Peer(record, contact, now);
    peers.add(peer);
    inUse.add(peer);
    spread(record, null);
    out.happened(new SwimEvent.Joined(record.owner(), contact.mesh()));
  }

  private void renew(long now, Peer peer, SignedRecord record, Contact contact, Out out) {
    Status before = peer.status;
    boolean newLife = record.epoch() != peer.epoch();
    if (newLife) {
      peer.records = new OwnerRecords();
      peer.rttNanos = -1;
      peer.shownRttNanos = -1;
      inUse.countLife();
    } else {
      peer.refutedNanos = now;
    }
    SignedRecord replaced = peer.alive();
    peer.saidAlive(record, contact);
    peer.suspicion = null;
    peer.link.onRefuted();
    peer.lastSuspectedNanos = now;
    if (!before.usable() || newLife) {
      move(now, peer, Status.ALIVE);
    }
    inUse.onSaid(peer);
    changed(peer);
    spread(record, replaced);
    showReachability(peer, out);
    if (before == Status.SUSPECT && newLife) {
      out.happened(new SwimEvent.Cleared(peer.id));
    } else if (!before.usable()) {
      out.happened(new SwimEvent.Joined(peer.id, contact.mesh()));
    }
  }

  /** Another member's leave record. */
  void onLeave(long now, SignedRecord record, Out out) {
    Peer peer = get(record.owner());
    if (peer == null || peer.status == Status.LEFT || record.version() < peer.incarnation()) {
      return;
    }
    if (!verifier.isGenuine(record)) {
      return;
    }
    peer.saidLeave(record);
    peer.suspicion = null;
    move(now, peer, Status.LEFT);
    changed(peer);
    spread(record, peer.alive());
    out.happened(new SwimEvent.Departed(peer.id));
  }

  /**
   * A member's word against another, neither of them this node.
   *
   * @return whether this node had nothing against that incarnation before
   */
  boolean onAccusation(long now, Accusation accusation, Out out) {
    Peer peer = get(accusation.target());
    if (peer == null || !peer.status.usable() || peer.incarnation() != accusation.incarnation()) {
      return false;
    }
    Suspicion before = peer.suspicion;
    if (accusation.accuser().equals(accusation.target())
        || (before != null && !before.isWanted(accusation.accuser()))) {
      return false;
    }
    if (!verifier.isGenuine(accusation)) {
      return false;
    }
    Peer accuser = get(accusation.accuser());
    if (before == null && !loneWords.believes(accusation.accuser(), usableCount())) {
      tally.accusationsDoubted++;
    } else if (accuser != null && !loneWords.discredits(accuser, usableCount())) {
      peer.link.onAccused(now, config.probeIntervalNanos());
      showReachability(peer, out);
    }
    hold(now, peer, accusation, out);
    news.add(accusation);
    return before == null;
  }

  /**
   * This node's own word against a member that did not answer it; nothing where it refuted what
   * others said just before, so that one that is badly reached costs the mesh little.
   *
   * @param spread whether others shall hear it
   */
  void accuse(long now, Peer peer, boolean spread, Out out) {
    Suspicion suspicion = peer.suspicion;
    if (!peer.status.usable()
        || (suspicion != null && !suspicion.isWanted(self))
        || now - peer.refutedNanos < config.suspicionNanos(usableCount())) {
      return;
    }
    Accusation own = Accusation.sign(peer.id, peer.incarnation(), self, authority);
    hold(now, peer, own, out);
    if (spread) {
      news.add(own);
    }
  }

  private void hold(long now, Peer peer, Accusation accusation, Out out) {
    Suspicion suspicion = peer.suspicion;
    if (suspicion == null) {
      suspicion = Suspicion.raise(now, config, usableCount());
      peer.suspicion = suspicion;
    }
    suspicion.add(accusation);
    if (suspicion.accusers() >= enough(now, peer)) {
      peer.lastSuspectedNanos = now;
      if (peer.status == Status.ALIVE) {
        move(now, peer, Status.SUSPECT);
        out.happened(new SwimEvent.Suspected(peer.id, accusation.accuser()));
      }
    }
    changed(peer);
  }

  /** How many must accuse it: two, while this node hears anybody else. */
  private int enough(long now, Peer accused) {
    long since = now - config.suspicionNanos(usableCount());
    return usableCount() > 2 && company.heardSince(since, accused.id) ? 2 : 1;
  }

  /**
   * Ends the suspicions whose time is over, forgets the long gone.
   *
   * @param call puts an open suspicion to the accused
   */
  void onTick(long now, Consumer<Peer> call, Out out) {
    if (now - nextDeadlineNanos(Long.MAX_VALUE) < 0) {
      return;
    }
    for (Peer peer : new ArrayList<>(watched)) {
      Suspicion suspicion = peer.suspicion;
      if (!peer.status.usable()) {
        if (now - peer.sinceNanos >= config.forgetAfterNanos()) {
          forget(peer);
        }
      } else if (suspicion != null) {
        judge(now, peer, suspicion, call, out);
      } else if (now - peer.lastSuspectedNanos >= CALM_NANOS) {
        if (peer.status == Status.SUSPECT) {
          move(now, peer, Status.ALIVE);
          out.happened(new SwimEvent.Cleared(peer.id));
        }
        changed(peer);
      }
    }
    nextKnown = false;
  }

  private void judge(long now, Peer peer, Suspicion suspicion, Consumer<Peer> call, Out out) {
    suspicion.heard(peer.link.answeredNanos());
    if (suspicion.isOver(now)) {
      if (suspicion.accusers() >= enough(now, peer)) {
        move(now, peer, Status.DEAD);
        changed(peer);
        tally.membersDied++;
        out.happened(new SwimEvent.Died(peer.id));
      } else {
        peer.suspicion = null;
        peer.link.onRefuted();
        showReachability(peer, out);
        changed(peer);
      }
    } else if (suspicion.isCallDue(now)) {
      suspicion.called();
      call.accept(peer);
    }
  }

  /** When {@link #onTick} next has something to do, if the table does not change. */
  long nextDeadlineNanos(long fallback) {
    if (!nextKnown) {
      nextNanos = Long.MAX_VALUE;
      for (Peer peer : watched) {
        Suspicion suspicion = peer.suspicion;
        if (!peer.status.usable()) {
          nextNanos = Math.min(nextNanos, peer.sinceNanos + config.forgetAfterNanos());
        } else if (suspicion != null) {
          nextNanos = Math.min(nextNanos, suspicion.nextNanos());
        } else {
          nextNanos = Math.min(nextNanos, peer.lastSuspectedNanos + CALM_NANOS);
        }
      }
      nextKnown = true;
    }
    return Math.min(fallback, nextNanos);
  }

  /** Something genuine came from that member, if it is one. */
  void onHeard(long now, Sender from) {
    Peer peer = get(from.id());
    if (peer != null) {
      company.onHeard(now, peer.id);
      if (from.link() == Sender.Link.STREAM) {
        peer.link.onStreamSeen(now);
      }
    }
  }

  /** A member answered this node itself. */
  void onAnswer(long now, Peer peer, Sender.Link how, Out out) {
    peer.link.onAnswer(now, how);
    showReachability(peer, out);
  }

  /** Tells where what is known of the way to a member has changed. */
  void showReachability(Peer peer, Out out) {
    Reachability current = peer.link.reachability();
    if (!current.equals(peer.shownReachability)) {
      peer.shownReachability = current;
      inUse.onReachability(peer);
      changes++;
      out.happened(new SwimEvent.ReachabilityChanged(peer.id, current));
    }
  }

  /** A round trip to a member, smoothed as TCP does (RFC 6298, alpha 1/8). */
  void onRoundTrip(Peer peer, long nanos) {
    long sample = Math.max(1, nanos);
    peer.rttNanos = peer.rttNanos < 0 ? sample : peer.rttNanos + (sample - peer.rttNanos) / 8;
    long moved = Math.abs(peer.rttNanos - peer.shownRttNanos);
    if (peer.shownRttNanos < 0 || moved > peer.shownRttNanos / 8) {
      peer.shownRttNanos = peer.rttNanos;
      changes++;
    }
  }

  /** Another member's labels or model record. */
  void onRecord(SignedRecord record) {
    Peer peer = get(record.owner());
    if (peer == null || record.epoch() != peer.epoch() || !verifier.accepts(record, peer.records)) {
      return;
    }
    SignedRecord replaced;
    try {
      replaced = peer.records.put(record);
    } catch (IllegalArgumentException e) {
      tally.recordsRejected++;
      return;
    }
    inUse.onSaid(peer);
    spread(record, replaced);
  }

  private void move(long now, Peer peer, Status to) {
    if (peer.status != to) {
      peer.status = to;
      peer.sinceNanos = now;
      if (to.usable()) {
        inUse.add(peer);
      } else {
        inUse.remove(peer);
      }
    }
    changes++;
  }

  /** Keeps the set of those that {@link #onTick} must look at. */
  private void changed(Peer peer) {
    loneWords.update(peer);
    boolean calm = peer.status == Status.ALIVE && peer.suspicion == null;
    if (calm || peers.get(peer.prefix) == null) {
      watched.remove(peer);
    } else {
      watched.add(peer);
    }
    nextKnown = false;
  }

  private void spread(SignedRecord record, @Nullable SignedRecord replaced) {
    news.pass(record, replaced);
    changes++;
  }

  private boolean forgetOneGone() {
    Peer oldest = null;
    for (Peer peer : watched) {
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
    peers.remove(peer);
    inUse.remove(peer);
    changed(peer);
    buried.add(peer.lastWord());
    changes++;
  }
}
