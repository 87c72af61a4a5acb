// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.rhizome.gossip.coordinate.Coordinate;
import io.rhizome.gossip.coordinate.RttEstimate;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An immutable snapshot of the membership, this node included.
 *
 * @param self this node
 * @param version grows with every change that this node has seen
 * @param members all members not yet forgotten, ordered by id; the dead and the departed stay for a
 *     while with their status
 */
public record MembershipView(NodeId self, long version, SortedMap<NodeId, Member> members) {
  public MembershipView {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** The member of that id, if it is known. */
  public Optional<Member> member(NodeId id) {
    return Optional.ofNullable(members.get(id));
  }

  /**
   * The round trip between any two members, from their coordinates; empty where one of them has
   * none yet. Between this node and a member, {@link Member#rttNanos()} is measured.
   */
  public Optional<RttEstimate> estimate(NodeId one, NodeId other) {
    Member first = members.get(one);
    Member second = members.get(other);
    Coordinate from = first == null ? null : first.coordinate();
    Coordinate to = second == null ? null : second.coordinate();
    return from == null || to == null ? Optional.empty() : Optional.of(from.estimate(to));
  }

  /** Whether that node answers this one now; {@link Reachability#NONE} where it is not known. */
  public Reachability reachability(NodeId id) {
    Member member = members.get(id);
    return member == null ? Reachability.NONE : member.reachability();
  }
}
