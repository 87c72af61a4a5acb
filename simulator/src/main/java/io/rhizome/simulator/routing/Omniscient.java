// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What no router can be: it sees, without delay, what every node has, what is on the way there, how
 * much is left of each run and how fast the node is at present, and takes the node where a request
 * of mean run time would end first, the way there and back included.
 */
public final class Omniscient implements Router {
  private final RoutingMesh mesh;

  /** One that sees that mesh. */
  public Omniscient(RoutingMesh mesh) {
    this.mesh = mesh;
  }

  @Override
  public String name() {
    return "omniscient";
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    List<NodeView> all = candidates.all();
    if (all.isEmpty()) {
      return candidates.refuse();
    }
    int self = RoutingMesh.number(view.self());
    int from = random.nextInt(all.size());
    NodeView best = null;
    double least = Double.MAX_VALUE;
    for (int i = 0; i < all.size(); i++) {
      NodeView node = all.get((from + i) % all.size());
      double nanos = nanos(RoutingMesh.number(node.id()), self, least);
      if (nanos < least) {
        least = nanos;
        best = node;
      }
    }
    return best == null ? candidates.refuse() : candidates.choose(best);
  }

  private double nanos(int number, int self, double enough) {
    RoutedNode node = mesh.node(number);
    Workers workers = node.workers;
    double rest =
        mesh.setup().rtt().nanos(self, number) + mesh.setup().serviceNanos() / workers.speed();
    return rest >= enough ? rest : rest + waitNanos(node, workers);
  }

  /** How long until a worker would be free for one more. */
  private static double waitNanos(RoutedNode node, Workers workers) {
    List<Job> running = workers.running();
    int ahead = node.expected.size();
    if (running.size() + ahead < workers.count()) {
      return 0;
    }
    double[] free = new double[workers.count()];
    for (int i = 0; i < running.size(); i++) {
      free[i] = workers.leftNanos(running.get(i));
    }
    Arrays.sort(free);
    for (Job job : node.expected) {
      put(free, free[0] + job.workNanos / workers.speed());
    }
    return free[0];
  }

  /** Replaces the least by that. */
  private static void put(double[] sorted, double value) {
    int i = 1;
    while (i < sorted.length && sorted[i] < value) {
      sorted[i - 1] = sorted[i];
      i++;
    }
    sorted[i - 1] = value;
  }
}
