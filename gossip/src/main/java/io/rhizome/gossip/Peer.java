// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.coordinate.Coordinate;
import org.jspecify.annotations.Nullable;

/** What this node knows of one other member; {@link MemberTable} alone changes its status. */
final class Peer {
  final NodeId id;

  /** That of its id: whoever looks for a member among many need not look at its id. */
  final long prefix;

  final PeerLink link = new PeerLink();
  private SignedRecord alive;
  private @Nullable SignedRecord leave;
  private long incarnation;
  Contact contact;

  /** What else it said in its present boot epoch. */
  OwnerRecords records = new OwnerRecords();

  Member.Status status = Member.Status.ALIVE;
  long sinceNanos;
  long rttNanos = -1;

  /** Where it said that it is, when it last answered a ping; null before. */
  @Nullable Coordinate coordinate;

  /** The round trip at the last change of the view that one made. */
  long shownRttNanos = -1;

  /** The reachability at the last change of the view that one made. */
  Reachability shownReachability = Reachability.DIRECT;

  /** Its place among the members in use; -1 where it is not in use. */
  int place = -1;

  /** What it adds to {@link RangeSums}. */
  int summed;

  /** What is held against its incarnation: open, or, once it is dead, what it died of. */
  @Nullable Suspicion suspicion;

  /** Who accuses it alone, as {@link LoneWords} has counted. */
  @Nullable NodeId loneAccuser;

  /** When it was last accused by enough; it stays suspect for a while. */
  long lastSuspectedNanos;

  /** When its newest incarnation came here, in place of another of the same life. */
  long refutedNanos = Long.MIN_VALUE / 2;

  /** When this node last put to it what others hold against it. */
  long lastChallengedNanos = Long.MIN_VALUE / 2;

  Peer(SignedRecord alive, Contact contact, long nowNanos) {
    this.id = alive.owner();
    this.prefix = id.prefix();
    this.alive = alive;
    this.incarnation = alive.version();
    this.contact = contact;
    this.sinceNanos = nowNanos;
  }

  /** The newest incarnation seen. */
  long incarnation() {
    return incarnation;
  }

  /** Its newest alive record. */
  SignedRecord alive() {
    return alive;
  }

  /** Its goodbye, if it has said one since. */
  @Nullable SignedRecord leave() {
    return leave;
  }

  /** It says that it is alive, in an incarnation above all before. */
  void saidAlive(SignedRecord record, Contact where) {
    alive = record;
    leave = null;
    incarnation = record.version();
    contact = where;
  }

  /** It says goodbye. */
  void saidLeave(SignedRecord record) {
    leave = record;
    incarnation = Math.max(incarnation, record.version());
  }

  /** Its newest alive record, or the goodbye that ended that. */
  SignedRecord lastWord() {
    SignedRecord goodbye = leave;
    return goodbye == null || goodbye.version() < alive.version() ? alive : goodbye;
  }

  int epoch() {
    return alive.epoch();
  }

  /** What others than gossip see of it. */
  Member member() {
    return new Member(
        id,
        status,
        incarnation,
        records.state(contact),
        rttNanos,
        status.usable() ? shownReachability : Reachability.NONE,
        coordinate);
  }
}
