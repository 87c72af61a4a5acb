// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.examples;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Runs here while there is room, else at any other holder. Stateless. */
public final class LocalFirst implements Router {
  @Override
  public String name() {
    return "local_first";
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    Optional<NodeView> here = candidates.here().filter(node -> node.load().pressure() < 1);
    return here.or(() -> candidates.draw(random))
        .map(candidates::choose)
        .orElseGet(candidates::refuse);
  }
}
