// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;

/** What each node has from gossip and policy, be it true or not. Nodes go by their numbers. */
public interface Beliefs {
  /** Who holds that model, as that node thinks. */
  Holders holders(int observer, String model);

  /** Whether it takes that node for a member that may be used. */
  default boolean uses(int observer, int node) {
    return true;
  }

  /** Whether it suspects it. */
  default boolean suspects(int observer, int node) {
    return false;
  }

  /** How it thinks to reach it. */
  default Reachability reachability(int observer, int node) {
    return Reachability.DIRECT;
  }

  /** Where it thinks that it stands. */
  default Place place(int observer, int node) {
    return Place.UNKNOWN;
  }

  /** What policy says of such a request. */
  default RouteRules rules(Request request) {
    return RouteRules.NONE;
  }

  /** That node started, with what lies on its disk. */
  default void onStarted(int node) {}

  /** That observer, which may be the node itself, hears that it has loaded the model. */
  default void onLoaded(int observer, int node) {}
}
