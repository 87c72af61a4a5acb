// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Draws a few holders at random and takes the one to which this node has the fewest requests
 * outstanding; of this node itself all that are in flight count (Envoy's {@code LEAST_REQUEST}, for
 * hosts of equal weight).
 *
 * <p>It believes nobody, which makes it robust, and sees only what this node itself sent, which
 * makes it blind where many nodes send. Parameter {@code choice_count}, 2 to 16: how many are
 * drawn, 2.
 *
 * <p>Stateless; any thread.
 */
public final class LeastRequest implements Router {
  private static final String NAME = "least_request";
  private static final int MAX_CHOICES = 16;

  private final int choices;

  /** Draws two. */
  public LeastRequest() {
    this(2);
  }

  private LeastRequest(int choices) {
    this.choices = choices;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Router with(SortedMap<String, String> given) {
    return Parameters.read(
        NAME,
        given,
        parameters -> new LeastRequest(parameters.whole("choice_count", choices, 2, MAX_CHOICES)));
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    return Least.of(
        candidates,
        candidates.draw(choices, random),
        node -> outstanding(node, view.self()),
        "busier",
        random);
  }

  /** Requests of this node's that have not ended there. */
  static int outstanding(NodeView node, NodeId self) {
    return node.id().equals(self) ? node.load().inFlight() : node.outstanding();
  }
}
