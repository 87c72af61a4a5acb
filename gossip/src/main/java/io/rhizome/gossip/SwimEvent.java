// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;

/** Something worth a line in the log. */
public sealed interface SwimEvent {
  /** About another member. */
  sealed interface OfMember extends SwimEvent {
    /** Whom it is about. */
    NodeId id();
  }

  /** A member is new here, or back from death or departure. */
  record Joined(NodeId id, Endpoint mesh) implements OfMember {}

  /** Enough members say that one does not answer; {@code accuser} is the latest of them. */
  record Suspected(NodeId id, NodeId accuser) implements OfMember {}

  /** A suspected member has not been accused for a while. */
  record Cleared(NodeId id) implements OfMember {}

  /** A member did not refute in time. */
  record Died(NodeId id) implements OfMember {}

  /** A member answers this node now, through another, or no more. */
  record ReachabilityChanged(NodeId id, Reachability now) implements OfMember {}

  /** A member said goodbye. */
  record Departed(NodeId id) implements OfMember {}

  /** This node was accused and answered with a new incarnation. */
  record Refuted(long incarnation) implements SwimEvent {}

  /**
   * A record that this process did not sign outranks it, so that it began a new boot epoch: its
   * epoch was lost or restored, or, where that happens again, another process runs with its key.
   */
  record EpochRaised(int epoch, int times) implements SwimEvent {}

  /**
   * This node did not run for {@code lateNanos}, as long as the mesh remembers the dead, so that it
   * dropped what it knew of others and joins anew.
   */
  record StartedAfresh(long lateNanos) implements SwimEvent {}

  /** No seed answered; the next attempt follows after {@code retryNanos}. */
  record NoSeedReachable(List<Endpoint> seeds, long retryNanos) implements SwimEvent {}
}
