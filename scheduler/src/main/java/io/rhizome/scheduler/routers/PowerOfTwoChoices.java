// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.random.RandomGenerator;

/**
 * Draws two holders at random and takes the one where the request would be answered sooner, on a
 * tie this node, else either (M. Mitzenmacher, "The Power of Two Choices in Randomized Load
 * Balancing", IEEE TPDS 12(10), 2001).
 *
 * <p>Stateless; any thread.
 */
public final class PowerOfTwoChoices implements Router {
  @Override
  public String name() {
    return "power_of_two";
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    long bytes = request.bytes();
    return Least.of(
        candidates,
        candidates.draw(2, random),
        node -> node.estimate(bytes).totalNanos(),
        "slower",
        random);
  }
}
