// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.Optional;

/**
 * Shows the loads of all to all, renewed every so often: the periodic update model of M.
 * Mitzenmacher, "How Useful Is Old Information?", IEEE TPDS 11(1), 2000.
 */
final class Board {
  private final RoutingMesh mesh;
  private final long periodNanos;
  private final Load[] loads;

  /**
   * A board.
   *
   * @param periodNanos how often it is renewed; 0 for at every look
   */
  Board(RoutingMesh mesh, long periodNanos) {
    this.mesh = mesh;
    this.periodNanos = periodNanos;
    this.loads = new Load[mesh.setup().nodes().size()];
  }

  void begin() {
    for (int i = 0; i < loads.length; i++) {
      loads[i] = mesh.node(i).load();
    }
    if (periodNanos > 0) {
      mesh.queue().at(mesh.time().nowNanos() + periodNanos, this::begin);
    }
  }

  /** As a node sees it now. */
  ClusterView view(RoutedNode node) {
    return new BoardView(node.id, mesh.time().nowNanos());
  }

  private final class BoardView implements ClusterView {
    private final NodeId self;
    private final long nowNanos;

    BoardView(NodeId self, long nowNanos) {
      this.self = self;
      this.nowNanos = nowNanos;
    }

    @Override
    public NodeId self() {
      return self;
    }

    @Override
    public long nowNanos() {
      return nowNanos;
    }

    @Override
    public Holders holders(String model) {
      return mesh.beliefs().holders(RoutingMesh.number(self), model);
    }

    @Override
    public Optional<NodeView> node(NodeId id) {
      int number = RoutingMesh.number(id);
      Load load = periodNanos > 0 ? loads[number] : mesh.node(number).load();
      return Optional.of(NodeView.here(id, load, Place.UNKNOWN));
    }

    @Override
    public RouteRules rules(Request request) {
      return RouteRules.NONE;
    }
  }
}
