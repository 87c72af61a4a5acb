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
  /** The most that a router may say with a load. */
  int MAX_WORD_BYTES = 64;

  /** What a router says that says nothing. */
  byte[] NO_WORD = {};

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

  /**
   * What this node tells the routers of this name at a peer beside its load: with the end of a
   * request that the peer sent here and this router was to choose for, and where such a router asks
   * for the load. Changes nothing.
   *
   * @param model which model that was about; clients make up names
   * @param self this node
   * @return at most {@value #MAX_WORD_BYTES} bytes, which nobody writes to later; more are refused
   *     as a defect, and not sent
   */
  default byte[] word(long nowNanos, String model, NodeId self) {
    return NO_WORD;
  }

  /**
   * A router of this name at a peer, the holder or one that passed the request on, told that beside
   * its node's load. It comes before the outcome that it came with.
   *
   * @param word 1 to {@value #MAX_WORD_BYTES} bytes, as a peer sent them: what makes no sense is to
   *     be ignored
   */
  default void onWord(long nowNanos, String model, NodeId peer, byte[] word) {}

  /** Some time passed: about once a second. */
  default void onTick(long nowNanos) {}
}
