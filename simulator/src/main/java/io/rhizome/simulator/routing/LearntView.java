// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.Optional;

/** What one node has from gossip and policy, and what requests have taught it, at one moment. */
final class LearntView implements ClusterView {
  private final RoutedNode node;
  private final Beliefs beliefs;
  private final long nowNanos;

  LearntView(RoutedNode node) {
    this.node = node;
    this.beliefs = node.mesh.beliefs();
    this.nowNanos = node.now();
  }

  @Override
  public NodeId self() {
    return node.id;
  }

  @Override
  public long nowNanos() {
    return nowNanos;
  }

  @Override
  public Holders holders(String model) {
    return beliefs.holders(node.number, model);
  }

  @Override
  public Optional<NodeView> node(NodeId id) {
    int number = RoutingMesh.number(id);
    if (number == node.number) {
      return Optional.of(NodeView.here(id, node.load(), beliefs.place(number, number)));
    }
    return beliefs.uses(node.number, number) ? Optional.of(peer(id, number)) : Optional.empty();
  }

  private NodeView peer(NodeId id, int number) {
    return node.peers.learnt(
        nowNanos,
        NodeView.unheard(
            id,
            beliefs.suspects(node.number, number),
            beliefs.reachability(node.number, number),
            node.mesh.setup().rtt().nanos(node.number, number),
            beliefs.place(node.number, number)));
  }

  @Override
  public long retryNanos(NodeId holder, Request request) {
    return node.peers.retryNanos(nowNanos, holder, request);
  }

  @Override
  public RouteRules rules(Request request) {
    return beliefs.rules(request);
  }
}
