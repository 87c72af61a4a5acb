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
 * this node, if it may serve, up to {@value ProbePool#CAPACITY} whose load was heard of within the
 * last second and which got no more than {@value #MAX_USES} requests since, and {@value #MAX_ASKED}
 * random ones, more where few were heard of. A node is hot if its pressure, requests in flight over
 * what it runs at once, is 1 or more and above the {@code hot_quantile} of the field. Of the others
 * the least {@code network + transfer + queue + service} wins. A tie goes to this node, else by
 * chance. What was sent somewhere since it was heard counts as in flight there. {@value #MAX_ASKED}
 * of the field that were not heard of for a quarter of a second are asked meanwhile.
 *
 * <p>So the largest of a few is never hot: it takes seven nodes for one to be above the quantile.
 *
 * <p><b>Example.</b> Of seven holders, A is 2 ms away with 10 ms of queue, B 5 ms and idle, C 1 ms
 * with 9 in flight for 4 and 2 ms of queue, the others 20 ms; 1 ms of service each. C has the most
 * pressure and is hot, though it would answer in 4 ms. A takes 13 ms, B 6 ms: B.
 *
 * <p>Parameter {@code hot_quantile}, 0 to 1: 0.84.
 *
 * <p>State: a {@link ProbePool} for each model. Any thread.
 */
public final class HotCold implements Router {
  private static final String NAME = "hot_cold";
  private static final double HOT_QUANTILE = 0.84;
  private static final double FULL = Math.nextDown(1.0);
  private static final int MIN_FIELD = 4;
  private static final int MAX_USES = 8;
  private static final int MAX_ASKED = 2;
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
    Parameters parameters = new Parameters(NAME, given);
    Router other = new HotCold(parameters.number("hot_quantile", hotQuantile, 0, 1));
    parameters.done();
    return other;
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
    // Beginning anywhere, so that ties go by chance, and so does who is asked.
    int from = random.nextInt(estimates.length);
    double hot = hotAbove(field);
    int best = best(field, estimates, hot, from, view.self());
    List<Considered> others = new ArrayList<>(estimates.length);
    for (int i = 0; i < estimates.length; i++) {
      if (i != best) {
        NodeView node = field.get(i);
        String verdict = node.load().pressure() > hot ? "hot" : "slower";
        others.add(new Considered(node.id(), estimates[i], verdict));
      }
    }
    return candidates.choose(field.get(best), others).asking(toAsk(field, from, best));
  }

  private static int best(
      List<NodeView> field, Estimate[] estimates, double hot, int from, NodeId self) {
    int best = -1;
    long least = 0;
    for (int step = 0; step < estimates.length; step++) {
      int i = (from + step) % estimates.length;
      NodeView node = field.get(i);
      long nanos = estimates[i].totalNanos();
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

  private static List<NodeId> toAsk(List<NodeView> field, int from, int best) {
    List<NodeId> ask = new ArrayList<>(MAX_ASKED);
    for (int step = 0; step < field.size() && ask.size() < MAX_ASKED; step++) {
      int i = (from + step) % field.size();
      if (i != best && field.get(i).loadAgeNanos() > ASK_AGE_NANOS) {
        ask.add(field.get(i).id());
      }
    }
    return ask;
  }

  private List<NodeView> field(Candidates candidates, RandomGenerator random) {
    if (candidates.bound() <= ProbePool.CAPACITY) {
      return candidates.all();
    }
    List<NodeView> field = new ArrayList<>(1 + ProbePool.CAPACITY + MAX_ASKED);
    candidates.here().ifPresent(field::add);
    NodeId self = candidates.view().self();
    ProbePool pool = pools.of(candidates.request().model());
    for (ProbePool.Entry entry : pool.fresh(candidates.view().nowNanos())) {
      if (entry.uses() <= MAX_USES && !entry.node().equals(self)) {
        candidates.of(entry.node()).ifPresent(field::add);
      }
    }
    // Always a few that are not known: they are asked, and so the pool is renewed.
    int wanted = Math.max(MIN_FIELD, field.size() + MAX_ASKED);
    for (int i = 0; i < MIN_FIELD && field.size() < wanted; i++) {
      candidates.draw(random).ifPresent(node -> Least.addNew(field, node));
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
