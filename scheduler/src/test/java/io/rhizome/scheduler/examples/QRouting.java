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
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Q-routing (Boyan, Littman, NIPS 1993): Q is how long an answer takes once a holder has it. */
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
    Comparator<NodeView> byTime =
        Comparator.comparing(
            node ->
                node.estimate(request.bytes()).networkNanos()
                    + q.getOrDefault(new Key(request.model(), node.id()), 0.0));
    return (random.nextInt(20) == 0 ? all.draw(random) : all.all().stream().min(byTime))
        .map(all::choose)
        .orElseGet(all::refuse);
  }

  @Override
  public synchronized void onOutcome(long nowNanos, Request request, Outcome outcome) {
    if (outcome.failure() != null) {
      learn(request.model(), outcome.holder(), 1e9);
    } else if (outcome.load() == null && !outcome.cold()) { // It ran here: a peer says it itself.
      learn(request.model(), outcome.holder(), (double) outcome.elapsedNanos());
    }
  }

  @Override
  public synchronized byte[] word(long nowNanos, String model, NodeId self) {
    Double own = q.get(new Key(model, self));
    return own == null ? NO_WORD : ByteBuffer.allocate(Double.BYTES).putDouble(own).array();
  }

  @Override
  public synchronized void onWord(long nowNanos, String model, NodeId peer, byte[] word) {
    double said = word.length == Double.BYTES ? ByteBuffer.wrap(word).getDouble() : -1;
    if (said >= 0 && said < 1e12) {
      learn(model, peer, said);
    }
  }

  private void learn(String model, NodeId holder, double nanos) {
    Key key = new Key(model, holder);
    Double old = q.remove(key);
    q.put(key, old == null ? nanos : old + 0.2 * (nanos - old));
    if (q.size() > 10_000) {
      q.remove(q.keySet().iterator().next());
    }
  }
}
