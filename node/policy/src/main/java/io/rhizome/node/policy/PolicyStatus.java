// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.NodeId;
import java.util.List;
import java.util.Optional;

/**
 * How this node stands with policy.
 *
 * @param role what it does for it
 * @param voters who decides, ordered by id; empty where not known yet
 * @param leader whom the voters follow; empty where not known
 * @param term the Raft term, 0 where not known
 * @param version the policy version here
 * @param ageNanos how long ago this node last knew that it had the newest version, monotonic;
 *     {@link Long#MAX_VALUE} for never
 */
public record PolicyStatus(
    Role role,
    List<NodeId> voters,
    Optional<NodeId> leader,
    long term,
    long version,
    long ageNanos) {
  /** What a node does for policy. */
  public enum Role {
    /** It has a vote and leads. */
    LEADER,
    /** It has a vote. */
    VOTER,
    /** It keeps a copy. */
    FOLLOWER
  }

  public PolicyStatus {
    voters = List.copyOf(voters);
  }
}
