// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A random holder, each as likely as it has capacity: what it runs at once over its typical run
 * time, as it says itself. A node of twice the workers, or twice as fast, gets twice the requests.
 *
 * <p>This is weighted round robin without its bursts: turns taken by chance keep many senders from
 * moving in step (compare the "WRR" of B. Wydrowski et al., "Load is not what you should balance:
 * Introducing Prequal", NSDI 2024). It looks at what a node can do, not at what it has to do, so
 * that old knowledge does no harm and a momentary overload is not seen.
 *
 * <p>A holder whose run time is not known counts as the average of the others. Where there are more
 * than {@value #MAX_LOOKED_AT}, that many drawn at random stand for all.
 *
 * <p>Stateless; any thread.
 */
public final class Weighted implements Router {
  private static final int MAX_LOOKED_AT = 32;

  @Override
  public String name() {
    return "weighted";
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    List<NodeView> nodes = candidates.draw(MAX_LOOKED_AT, random);
    if (nodes.isEmpty()) {
      return candidates.refuse();
    }
    NodeView drawn = nodes.get(draw(weights(nodes), random));
    return candidates.choose(drawn, Least.others(candidates, nodes, drawn, "not drawn"));
  }

  private static double[] weights(List<NodeView> nodes) {
    double[] weights = new double[nodes.size()];
    double sum = 0;
    int known = 0;
    for (int i = 0; i < weights.length; i++) {
      Load load = nodes.get(i).load();
      if (load.serviceNanos() > 0) {
        weights[i] = (double) load.limit() / load.serviceNanos();
        sum += weights[i];
        known++;
      }
    }
    double average = known == 0 ? 1 : sum / known;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = weights[i] == 0 ? average : weights[i];
    }
    return weights;
  }

  private static int draw(double[] weights, RandomGenerator random) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    double left = random.nextDouble() * sum;
    for (int i = 0; i < weights.length - 1; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return weights.length - 1;
  }
}
