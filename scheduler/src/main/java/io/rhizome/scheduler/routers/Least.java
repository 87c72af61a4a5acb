// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Considered;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** The step that many routers end with: of a few candidates, the one that costs least. */
final class Least {
  private Least() {}

  /**
   * The decision for the one that costs least; a tie goes to this node, else by chance.
   *
   * @param verdict what is said of the others, such as {@code slower}
   */
  static RouteDecision of(
      Candidates candidates,
      List<NodeView> drawn,
      ToDoubleFunction<NodeView> cost,
      String verdict,
      RandomGenerator random) {
    if (drawn.isEmpty()) {
      return candidates.refuse();
    }
    NodeId self = candidates.view().self();
    int from = random.nextInt(drawn.size());
    NodeView best = drawn.get(from);
    double least = cost.applyAsDouble(best);
    for (int step = 1; step < drawn.size(); step++) {
      NodeView node = drawn.get((from + step) % drawn.size());
      double costs = cost.applyAsDouble(node);
      if (costs < least || (costs == least && node.id().equals(self))) {
        best = node;
        least = costs;
      }
    }
    return candidates.choose(best, others(candidates, drawn, best, verdict));
  }

  /** The rest, with that said of each. */
  static List<Considered> others(
      Candidates candidates, List<NodeView> drawn, NodeView chosen, String verdict) {
    List<Considered> others = new ArrayList<>(drawn.size());
    long bytes = candidates.request().bytes();
    for (NodeView node : drawn) {
      if (!node.id().equals(chosen.id())) {
        others.add(new Considered(node.id(), node.estimate(bytes), verdict));
      }
    }
    return others;
  }
}
