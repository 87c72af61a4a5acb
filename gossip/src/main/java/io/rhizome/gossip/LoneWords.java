// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who accuses how many others with nobody's support. A member's lone word is enough to route around
 * another, which is quick where it is right; a member that is badly linked, or hostile, could so
 * have all others avoided. One that accuses more than an eighth of the mesh alone, and more than
 * {@value #FEW}, is not believed; its word counts again with that of another. When many die at
 * once, many notice.
 */
final class LoneWords {
  private static final int FEW = 3;
  private static final int SHARE = 8;

  private final SortedMap<NodeId, Integer> accusedBy = new TreeMap<>();

  /** What is held against that member has changed, or it is gone. */
  void update(Peer peer) {
    Suspicion suspicion = peer.status.usable() ? peer.suspicion : null;
    NodeId now = suspicion == null ? null : suspicion.loneAccuser();
    NodeId before = peer.loneAccuser;
    if (!Objects.equals(now, before)) {
      peer.loneAccuser = now;
      count(before, -1);
      count(now, 1);
    }
  }

  private void count(@Nullable NodeId accuser, int change) {
    if (accuser != null) {
      int count = accusedBy.getOrDefault(accuser, 0) + change;
      if (count == 0) {
        accusedBy.remove(accuser);
      } else {
        accusedBy.put(accuser, count);
      }
    }
  }

  /** Whether what others say of that member makes its own word worth nothing for now. */
  boolean discredits(Peer accused, int members) {
    NodeId alone = accused.loneAccuser;
    return accused.suspicion != null && (alone == null || believes(alone, members));
  }

  /** Whether that one's word against one more counts alone, in a mesh of that many members. */
  boolean believes(NodeId accuser, int members) {
    return accusedBy.getOrDefault(accuser, 0) < Math.max(FEW, members / SHARE);
  }
}
