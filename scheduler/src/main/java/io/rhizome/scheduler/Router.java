// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Chooses where a request runs: the port for routing policies, built in or found by {@link
 * java.util.ServiceLoader} (a public class with a constructor without arguments).
 *
 * <p>The same class runs live and simulated: time and randomness come in through the calls, there
 * is no IO and no blocking. Called from any thread, so that a router with state guards it. What may
 * be chosen at all is not a router's business: {@link Candidates} gives it only nodes that hold the
 * model, that policy allows and that are well. In the simplest case:
 *
 * <pre>
 * Candidates candidates = Candidates.of(request, view);
 * return candidates.draw(random).map(candidates::choose).orElseGet(candidates::refuse);
 * </pre>
 */
public interface Router {
  /** The name that configuration uses, such as {@code power_of_two}. */
  String name();

  /**
   * This router with other parameters, such as a {@code Route} gives them.
   *
   * @throws IllegalArgumentException naming the parameter that is unknown or out of range
   */
  default Router with(SortedMap<String, String> parameters) {
    if (parameters.isEmpty()) {
      return this;
    }
    throw new IllegalArgumentException(
        "router '" + name() + "' has no parameter '" + parameters.firstKey() + "'");
  }

  /**
   * Decides for one attempt. Changes nothing: {@code explain} asks the same way, and the same
   * arguments and state give the same decision.
   *
   * @param request what is asked, and where it was tried in vain
   * @param view the mesh as this node knows it
   * @param random the only source of randomness
   */
  RouteDecision route(Request request, ClusterView view, RandomGenerator random);

  /** A decision of this router's was followed. */
  default void onSent(long nowNanos, Request request, RouteDecision decision) {}

  /** The attempt that came of a decision ended. */
  default void onOutcome(long nowNanos, Request request, Outcome outcome) {}

  /** A node that holds this model was asked for its load, or said it with an outcome. */
  default void onLoad(long nowNanos, String model, NodeId node, Load load) {}

  /** Some time passed: about once a second. */
  default void onTick(long nowNanos) {}
}
