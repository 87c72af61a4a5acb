// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MODEL;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.Router;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks routers many times and counts where they send. */
final class Draws {
  static final Request REQUEST = Request.entering(MODEL, 0, 100);

  private Draws() {}

  /** How often each node, by its number, is chosen in that many draws; nothing is sent. */
  static SortedMap<Integer, Integer> counts(Router router, ClusterView view, int draws) {
    Random random = new Random(1);
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    for (int i = 0; i < draws; i++) {
      counts.merge(number(router.route(REQUEST, view, random)), 1, Integer::sum);
    }
    return counts;
  }

  /** Where one request goes, and that it was sent. */
  static int send(Router router, ClusterView view, Random random) {
    RouteDecision decision = router.route(REQUEST, view, random);
    router.onSent(view.nowNanos(), REQUEST, decision);
    return number(decision);
  }

  /** A request was answered there after that long. */
  static void answered(Router router, long nowNanos, NodeId holder, long elapsedNanos) {
    router.onOutcome(nowNanos, REQUEST, new Outcome(holder, null, elapsedNanos, null));
  }

  /** The number of the node that is to run it; -1 for a refusal. */
  static int number(RouteDecision decision) {
    if (decision.action() instanceof Action.Refuse) {
      return -1;
    }
    return number(decision.considered().get(0).node());
  }

  static int number(NodeId id) {
    byte[] bytes = id.bytes();
    return (bytes[0] & 0xff) | (bytes[1] & 0xff) << 8;
  }

  static SortedMap<String, String> parameters(String... pairs) {
    SortedMap<String, String> parameters = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      parameters.put(pairs[i], pairs[i + 1]);
    }
    return parameters;
  }
}
