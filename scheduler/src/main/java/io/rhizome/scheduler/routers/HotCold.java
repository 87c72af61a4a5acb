// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Estimate;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.Router;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * The default: among the holders whose load was heard of lately it avoids the hot ones, and takes
 * of the rest the one where the request would be answered soonest.
 *
 * <p><b>Goals.</b> Least latency without herds, at a cost that does not grow with the number of
 * holders; work stays where it came in while that is no slower.
 *
 * <p><b>Constraints.</b> What is known of others' load is old. Whoever takes the least loaded by
 * old knowledge sends everybody's burst to one node; whoever looks at in-flight counts alone
 * ignores that nodes differ in speed and distance.
 *
 * <p><b>Algorithm</b> (hot-cold lexicographic rule: B. Wydrowski et al., "Load is not what you
 * should balance: Introducing Prequal", NSDI 2024; network and transfer added, which they leave
 * out). Where there are at most {@value ProbePool#CAPACITY} holders, the field is all of them; else
 * this node, if it may serve, and up to {@value ProbePool#CAPACITY} whose load was heard of within
 * the last second and that got no request since, filled up to {@value #MIN_FIELD} with random ones.
 * A node is hot if its pressure, requests in flight over what it runs at once, is 1 or more and
 * above the {@code hot_quantile} of the field. Of the others the least {@code network + transfer +
 * queue + service + risk} wins. A tie goes to this node, else by chance. What was sent somewhere
 * since it was heard counts as in flight there. {@value #MAX_ASKED} random ones that were not heard
 * of for a quarter of a second are asked meanwhile.
 *
 * <p><b>Risk</b> is what others may have sent there meanwhile: {@code service * min(pressure,
 * 2)^2}. By what they say of their queues, all that have a place free are alike, and whoever says
 * the shortest run time gets everybody's next request; the busier one was, the likelier it is full
 * by the time that the request arrives. (Compare the third power of C3, L. Suresh et al., NSDI
 * 2015.)
 *
 * <p>So the largest of a few is never hot: it takes seven nodes for one to be above the quantile.
 *
 * <p><b>Example.</b> Of seven holders, A is 2 ms away with 10 ms of queue, B 5 ms and idle, C 1 ms
 * with 9 in flight for 4 and 2 ms of queue, the others 20 ms; 1 ms of service each, and nothing in
 * flight but at C. C has the most pressure and is hot, though it would answer in 4 ms. A takes 13
 * ms, B 6 ms: B.
 *
 * <p>Parameter {@code hot_quantile}, 0 to 1: 0.84.
 *
 * <p>State: a {@link ProbePool} for each model. Any thread.
 */
public final class HotCold implements Router {
  private static final String NAME = "hot_cold";
  private static final double HOT_QUANTILE = 0.84;
  private static final double FULL = Math.nextDown(1.0);
  private static final int MIN_FIELD = 2;
  private static final int MAX_ASKED = 2;
  private static final int DRAWS = 6;

  /** Beyond this the queue that a node says tells enough of it. */
  private static final double MAX_PRESSURE = 2;

  private static final long ASK_AGE_NANOS = 250_000_000L;

  private final double hotQuantile;
  private final ByModel<ProbePool> pools = new ByModel<>(ProbePool::new);

  /** With the quantile of the paper. */
  public HotCold() {
    this(HOT_QUANTILE);
  }

  private HotCold(double hotQuantile) {
    this.hotQuantile = hotQuantile;
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
        parameters -> new HotCold(parameters.number("hot_quantile", hotQuantile, 0, 1)));
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    List<NodeView> field = field(candidates, random);
    if (field.isEmpty()) {
      return candidates.refuse();
    }
    Estimate[] estimates = new Estimate[field.size()];
    for (int i = 0; i < estimates.length; i++) {
      estimates[i] = field.get(i).estimate(request.bytes());
    }
    double hot = hotAbove(field);
    // Beginning anywhere, so that ties go by chance.
    int best = best(field, estimates, hot, random.nextInt(estimates.length), view.self());
    List<Considered> others = new ArrayList<>(estimates.length);
    for (int i = 0; i < estimates.length; i++) {
      if (i != best) {
        NodeView node = field.get(i);
        boolean sooner = estimates[i].totalNanos() < estimates[best].totalNanos();
        String verdict = node.load().pressure() > hot ? "hot" : sooner ? "busier" : "slower";
        others.add(new Considered(node.id(), estimates[i], verdict));
      }
    }
    NodeView winner = field.get(best);
    return candidates.choose(winner, others).asking(toAsk(candidates, winner, random));
  }

  private static int best(
      List<NodeView> field, Estimate[] estimates, double hot, int from, NodeId self) {
    int best = -1;
    double least = 0;
    for (int step = 0; step < estimates.length; step++) {
      int i = (from + step) % estimates.length;
      NodeView node = field.get(i);
      double nanos = (double) estimates[i].totalNanos() + riskNanos(node.load());
      boolean wins = best < 0 || nanos < least || (nanos == least && node.id().equals(self));
      if (wins && node.load().pressure() <= hot) {
        best = i;
        least = nanos;
      }
    }
    if (best < 0) {
      throw new IllegalStateException("all are above the quantile of all");
    }
    return best;
  }

  private static double riskNanos(Load load) {
    double pressure = Math.min(MAX_PRESSURE, load.pressure());
    return load.serviceNanos() * pressure * pressure;
  }

  /** Drawn from all, not from the field: so whoever turned fast or idle is found. */
  private static List<NodeId> toAsk(
      Candidates candidates, NodeView winner, RandomGenerator random) {
    List<NodeId> ask = new ArrayList<>(MAX_ASKED);
    NodeId self = candidates.view().self();
    for (int i = 0; i < DRAWS && ask.size() < MAX_ASKED; i++) {
      NodeView drawn = candidates.draw(random).orElse(winner);
      if (drawn.loadAgeNanos() > ASK_AGE_NANOS
          && !drawn.id().equals(winner.id())
          && !drawn.id().equals(self)
          && !ask.contains(drawn.id())) {
        ask.add(drawn.id());
      }
    }
    return ask;
  }

  private List<NodeView> field(Candidates candidates, RandomGenerator random) {
    if (candidates.bound() <= ProbePool.CAPACITY) {
      return candidates.all();
    }
    List<NodeView> field = new ArrayList<>(1 + ProbePool.CAPACITY);
    candidates.here().ifPresent(field::add);
    NodeId self = candidates.view().self();
    ProbePool pool = pools.of(candidates.request().model());
    for (ProbePool.Entry entry : pool.fresh(candidates.view().nowNanos())) {
      if (entry.uses() == 0 && !entry.node().equals(self)) {
        candidates.of(entry.node()).ifPresent(field::add);
      }
    }
    // No more of these than need be: a node that nothing is known of seems idle.
    for (int i = 0; i < DRAWS && field.size() < MIN_FIELD; i++) {
      candidates
          .draw(random)
          .filter(node -> field.stream().noneMatch(there -> there.id().equals(node.id())))
          .ifPresent(field::add);
    }
    return field;
  }

  private double hotAbove(List<NodeView> field) {
    double[] pressures = new double[field.size()];
    double most = 0;
    for (int i = 0; i < pressures.length; i++) {
      pressures[i] = field.get(i).load().pressure();
      most = Math.max(most, pressures[i]);
    }
    if (most <= FULL) {
      return FULL;
    }
    Arrays.sort(pressures);
    int rank = (int) StrictMath.ceil(hotQuantile * pressures.length) - 1;
    return Math.max(FULL, pressures[Math.max(0, rank)]);
  }

  @Override
  public void onSent(long nowNanos, Request request, RouteDecision decision) {
    if (decision.action() instanceof Action.Forward forward) {
      pools.of(request.model()).use(forward.holder());
    }
  }

  @Override
  public void onOutcome(long nowNanos, Request request, Outcome outcome) {
    Failure.Kind failure = outcome.failure();
    if (failure != null && failure.wasUnheard()) {
      pools.of(request.model()).remove(outcome.holder());
    }
  }

  @Override
  public void onLoad(long nowNanos, String model, NodeId node, Load load) {
    pools.of(model).add(nowNanos, node, load);
  }
}
