// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

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

  /** Whether that node answers this one now; {@link Reachability#NONE} where it is not known. */
  public Reachability reachability(NodeId id) {
    Member member = members.get(id);
    return member == null ? Reachability.NONE : member.reachability();
  }
}
