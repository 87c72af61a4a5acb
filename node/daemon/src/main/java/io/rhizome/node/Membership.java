// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.transport.GossipLoop;
import io.rhizome.node.identity.admission.Admissions;
import io.rhizome.node.identity.admission.EntryBody;
import io.rhizome.node.identity.admission.PolicyAdmitted;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The membership as gossip knows it, without those who are not admitted, and with the labels that
 * each was admitted with in place of what it says of itself. Nobody, until gossip has started. Any
 * thread.
 */
final class Membership implements Supplier<MembershipView> {
  private final MembershipView nobody;
  private final PolicyAdmitted admitted;
  private volatile @Nullable GossipLoop gossip;
  private volatile @Nullable Latest latest;

  private record Latest(long gossiped, long admitted, MembershipView view) {}

  Membership(NodeId self, PolicyAdmitted admitted) {
    this.nobody = new MembershipView(self, 0, new TreeMap<>());
    this.admitted = admitted;
  }

  void follow(GossipLoop started) {
    gossip = started;
  }

  /** Traffic could not reach that member. */
  void doubt(NodeId id) {
    GossipLoop running = gossip;
    if (running != null) {
      running.doubt(id);
    }
  }

  /** Calls back with each new view, on whichever thread made it new; must not block. */
  void onChange(GossipLoop started, Consumer<MembershipView> listener) {
    started.onChange(view -> listener.accept(get()));
    admitted.onChange(admissions -> listener.accept(get()));
  }

  @Override
  public MembershipView get() {
    GossipLoop running = gossip;
    if (running == null) {
      return nobody;
    }
    MembershipView gossiped = running.view();
    Admissions now = admitted.now();
    Latest known = latest;
    if (known != null
        && known.gossiped() == gossiped.version()
        && known.admitted() == now.policy().version()) {
      return known.view();
    }
    Latest made =
        new Latest(gossiped.version(), now.policy().version(), admittedOnly(gossiped, now));
    latest = made;
    return made.view();
  }

  /** Both versions only grow, so their sum tells one view from another. */
  static MembershipView admittedOnly(MembershipView gossiped, Admissions now) {
    SortedMap<NodeId, Member> members = new TreeMap<>();
    gossiped
        .members()
        .forEach(
            (id, member) -> {
              if (now.isNode(id)) {
                members.put(id, labelled(member, now.labels(id)));
              }
            });
    return new MembershipView(
        gossiped.self(), gossiped.version() + now.policy().version(), members);
  }

  private static Member labelled(Member member, SortedMap<String, String> admission) {
    NodeState state = member.state();
    SortedMap<String, String> labels = new TreeMap<>(state.labels());
    labels.keySet().removeAll(EntryBody.LABELS);
    labels.putAll(admission);
    return labels.equals(state.labels()) ? member : member.withState(state.withLabels(labels));
  }
}
