// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import org.jspecify.annotations.Nullable;

/** What this node knows of one other member; {@link MemberTable} alone changes it. */
final class Peer {
  final NodeId id;
  SignedRecord alive;
  Contact contact;
  Member.Status status = Member.Status.ALIVE;
  long sinceNanos;
  long rttNanos = -1;

  /** The round trip at the last change of the view that one made. */
  long shownRttNanos = -1;

  @Nullable Suspicion suspicion;
  @Nullable SignedRecord leave;

  Peer(SignedRecord alive, Contact contact, long nowNanos) {
    this.id = alive.owner();
    this.alive = alive;
    this.contact = contact;
    this.sinceNanos = nowNanos;
  }

  /** The newest incarnation seen. */
  long incarnation() {
    return lastWord().version();
  }

  /** Its newest alive record, or the goodbye that ended that. */
  SignedRecord lastWord() {
    SignedRecord goodbye = leave;
    return goodbye == null || goodbye.version() < alive.version() ? alive : goodbye;
  }

  int epoch() {
    return alive.epoch();
  }
}
