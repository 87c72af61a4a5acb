// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.examples;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Q-routing (Boyan, Littman, NIPS 1993): Q is how long an answer takes by way of a holder. */
public final class QRouting implements Router {
  private record Key(String model, NodeId holder) {}

  private final Map<Key, Double> q = new LinkedHashMap<>();

  @Override
  public String name() {
    return "q_routing";
  }

  @Override
  public synchronized RouteDecision route(
      Request request, ClusterView view, RandomGenerator random) {
    Candidates all = Candidates.of(request, view);
    Comparator<NodeView> byQ =
        Comparator.comparing(node -> q.getOrDefault(new Key(request.model(), node.id()), 0.0));
    return (random.nextInt(20) == 0 ? all.draw(random) : all.all().stream().min(byQ))
        .map(all::choose)
        .orElseGet(all::refuse);
  }

  @Override
  public synchronized void onOutcome(long nowNanos, Request request, Outcome outcome) {
    double took = outcome.failure() == null ? outcome.elapsedNanos() : 1e9;
    Key key = new Key(request.model(), outcome.holder());
    Double old = q.remove(key);
    q.put(key, old == null ? took : old + 0.2 * (took - old));
    if (q.size() > 10_000) {
      q.remove(q.keySet().iterator().next());
    }
  }
}
