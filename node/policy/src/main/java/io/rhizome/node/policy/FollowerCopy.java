// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.NodeId;
import java.util.List;

/** What a follower keeps on disk: whose word it takes, and what it knows. Immutable. */
record FollowerCopy(List<NodeId> voters, PolicyImage image) {
  static final FollowerCopy EMPTY = new FollowerCopy(List.of(), PolicyImage.EMPTY);

  FollowerCopy {
    voters = List.copyOf(voters);
  }
}
