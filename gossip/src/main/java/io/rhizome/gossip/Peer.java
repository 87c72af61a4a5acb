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
    SignedRecord goodbye = leave;
    return goodbye == null ? alive.version() : Math.max(alive.version(), goodbye.version());
  }

  int epoch() {
    return alive.epoch();
  }
}
