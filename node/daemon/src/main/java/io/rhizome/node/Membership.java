// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.transport.GossipLoop;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The membership as gossip knows it; nobody, until gossip has started. Any thread. */
final class Membership implements Supplier<MembershipView> {
  private final MembershipView nobody;
  private volatile @Nullable GossipLoop gossip;

  Membership(NodeId self) {
    nobody = new MembershipView(self, 0, new TreeMap<>());
  }

  void follow(GossipLoop started) {
    gossip = started;
  }

  @Override
  public MembershipView get() {
    GossipLoop running = gossip;
    return running == null ? nobody : running.view();
  }
}
