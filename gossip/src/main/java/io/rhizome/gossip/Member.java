// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.coordinate.Coordinate;
import org.jspecify.annotations.Nullable;

/**
 * One member as this node sees it now.
 *
 * @param id who
 * @param status what the failure detector says
 * @param incarnation boot epoch in the upper 32 bits, counter in the lower: newer wins
 * @param state what the member last said of itself
 * @param rttNanos smoothed round-trip time of probes to it, 0 for this node, -1 where not yet known
 * @param reachability whether it answers this node now
 * @param coordinate where it is, from its last answer; null where it has not answered yet
 */
public record Member(
    NodeId id,
    Status status,
    long incarnation,
    NodeState state,
    long rttNanos,
    Reachability reachability,
    @Nullable Coordinate coordinate) {
  /** A member that answers this node itself, whose coordinate is not known. */
  public Member(NodeId id, Status status, long incarnation, NodeState state, long rttNanos) {
    this(id, status, incarnation, state, rttNanos, Reachability.DIRECT, null);
  }

  /** The same with other words of its own. */
  public Member withState(NodeState other) {
    return new Member(id, status, incarnation, other, rttNanos, reachability, coordinate);
  }

  /** SWIM's states, with a voluntary leave kept apart from a death. */
  public enum Status {
    /** Answers probes, directly or through others. */
    ALIVE,
    /** Missed a probe; still used, until refuted or confirmed. */
    SUSPECT,
    /** Confirmed dead. */
    DEAD,
    /** Said goodbye. */
    LEFT;

    /** Whether requests may still be sent to it. */
    public boolean usable() {
      return this == ALIVE || this == SUSPECT;
    }
  }
}
