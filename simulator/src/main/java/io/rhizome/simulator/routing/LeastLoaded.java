// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.List;
import java.util.random.RandomGenerator;

/** Whoever has the least in flight of all, ties by chance: what not to do with old knowledge. */
public final class LeastLoaded implements Router {
  @Override
  public String name() {
    return "least_loaded";
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    List<NodeView> all = candidates.all();
    NodeView best = null;
    int ties = 0;
    for (NodeView node : all) {
      int more =
          best == null ? -1 : Integer.compare(node.load().inFlight(), best.load().inFlight());
      if (more < 0) {
        best = node;
        ties = 1;
      } else if (more == 0 && random.nextInt(++ties) == 0) {
        best = node;
      }
    }
    return best == null ? candidates.refuse() : candidates.choose(best);
  }
}
