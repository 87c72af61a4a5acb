// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.SortedSet;
import java.util.random.RandomGenerator;

/**
 * Chooses where a request runs. Pure: the same arguments give the same decision; no clock, no IO,
 * no blocking. Called from any thread.
 */
public interface Router {
  /** The name that configuration uses, such as {@code power_of_two}. */
  String name();

  /**
   * Decides for one attempt.
   *
   * @param request what is asked
   * @param excluded nodes that already failed or refused this request
   * @param view the mesh as this node knows it
   * @param random the only source of randomness
   */
  RouteDecision route(
      Request request, SortedSet<NodeId> excluded, ClusterView view, RandomGenerator random);
}
