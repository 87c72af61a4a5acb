// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.ProbePool.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Prequal with asynchronous probes, as published (B. Wydrowski et al., "Load is not what you should
 * balance: Introducing Prequal", NSDI 2024, section 4): what {@link HotCold} grew out of, and has
 * to beat.
 *
 * <p><b>Goals.</b> Low tail latency in one data centre, where servers differ and are disturbed by
 * others' work. Network and transfer do not count.
 *
 * <p><b>Algorithm.</b> Each request asks {@code probes} random holders for their load, for those to
 * come. The answers form a pool of {@value ProbePool#CAPACITY}, the oldest going first, each for a
 * second at most. A holder with more requests in flight than the {@code quantile} of the last
 * answers is hot. The request goes to the cold one in the pool that says the least queue and
 * service, or, where all are hot, to the one of fewest in flight, and that counts one more. With
 * fewer than {@value #MIN_POOL} in the pool, to a random one. After each request the oldest and the
 * worst answer are removed in turn (the worst being the hot one of most in flight, else the
 * slowest). One answer serves {@code b = max(1, 2 / ((1 - 16 / holders) * probes - 1))} requests,
 * rounded up for as large a part of the answers as the fraction says.
 *
 * <p><b>Where this differs.</b> A node has one answer in the pool, its newest. Nothing is removed
 * from a pool that is half empty, and answers serve without bound where {@code b} has no value:
 * there are then too few holders. Load that comes with answers to requests counts as if asked for.
 * This node is always in the pool, where it holds the model.
 *
 * <p>Parameters: {@code quantile}, 0 to 1: 0.84; {@code probes}, 1 to 16: 3; {@code max_age_ms}, 1
 * to 60,000: 1,000.
 *
 * <p>State: a pool and 128 counts for each model. Any thread.
 */
public final class Prequal implements Router {
  private static final String NAME = "prequal";
  private static final int MIN_POOL = 2;
  private static final double QUANTILE = 0.84;
  private static final int PROBES = 3;
  private static final int MAX_PROBES = 16;
  private static final int MAX_AGE_MILLIS = 1_000;
  private static final int LONGEST_AGE_MILLIS = 60_000;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final double quantile;
  private final int probes;
  private final int maxAgeMillis;
  private final ByModel<Heard> models;

  /** What was heard of one model's holders. */
  private static final class Heard {
    final ProbePool pool;
    final RecentCounts counts = new RecentCounts();
    private boolean worstIsNext;

    Heard(long maxAgeNanos) {
      pool = new ProbePool(maxAgeNanos);
    }

    synchronized void removeOne(double quantile) {
      if (worstIsNext) {
        pool.removeWorst(counts.quantile(quantile));
      } else {
        pool.removeOldest();
      }
      worstIsNext = !worstIsNext;
    }
  }

  /** A holder that may be chosen, and what it said. */
  private record Option(NodeView node, Entry entry) {}

  /** With the parameters of the paper. */
  public Prequal() {
    this(QUANTILE, PROBES, MAX_AGE_MILLIS);
  }

  private Prequal(double quantile, int probes, int maxAgeMillis) {
    this.quantile = quantile;
    this.probes = probes;
    this.maxAgeMillis = maxAgeMillis;
    this.models = new ByModel<>(() -> new Heard(maxAgeMillis * NANOS_PER_MILLI));
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
        parameters ->
            new Prequal(
                parameters.number("quantile", quantile, 0, 1),
                parameters.whole("probes", probes, 1, MAX_PROBES),
                parameters.whole("max_age_ms", maxAgeMillis, 1, LONGEST_AGE_MILLIS)));
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    if (candidates.isEmpty()) {
      return candidates.refuse();
    }
    Heard heard = models.of(request.model());
    List<Option> options = options(candidates, heard.pool);
    RouteDecision decision =
        options.size() < Math.min(MIN_POOL, candidates.bound())
            ? candidates.draw(random).map(candidates::choose).orElseGet(candidates::refuse)
            : choose(candidates, options, heard.counts.quantile(quantile));
    return decision.action() instanceof Action.Refuse
        ? decision
        : decision.asking(toProbe(candidates, random));
  }

  private List<Option> options(Candidates candidates, ProbePool pool) {
    long now = candidates.view().nowNanos();
    NodeId self = candidates.view().self();
    List<Option> options = new ArrayList<>(ProbePool.CAPACITY + 1);
    candidates
        .here()
        .ifPresent(node -> options.add(new Option(node, new Entry(self, node.load(), now, 0))));
    double reuse = reuse(candidates.bound());
    for (Entry entry : pool.fresh(now)) {
      if (entry.uses() < limit(entry, reuse) && !entry.node().equals(self)) {
        candidates.of(entry.node()).ifPresent(node -> options.add(new Option(node, entry)));
      }
    }
    return options;
  }

  /** How many requests an answer serves. */
  private double reuse(int holders) {
    double asked = (1 - (double) ProbePool.CAPACITY / holders) * probes;
    return asked <= 1 ? Double.POSITIVE_INFINITY : Math.max(1, 2 / (asked - 1));
  }

  /** That, rounded up or down at random, if always alike for one answer. */
  private static double limit(Entry entry, double reuse) {
    double whole = StrictMath.floor(reuse);
    long hash = (entry.node().prefix() ^ entry.heardNanos()) * 0x9e3779b97f4a7c15L;
    return whole + ((hash >>> 11) * 0x1p-53 < reuse - whole ? 1 : 0);
  }

  private static RouteDecision choose(Candidates candidates, List<Option> options, int hotAbove) {
    Option best = options.get(0);
    for (Option option : options) {
      if (beats(option.entry(), best.entry(), hotAbove)) {
        best = option;
      }
    }
    List<Considered> others = new ArrayList<>(options.size());
    long bytes = candidates.request().bytes();
    for (Option option : options) {
      NodeView node = option.node();
      if (!node.id().equals(best.node().id())) {
        boolean hot = option.entry().load().inFlight() > hotAbove;
        others.add(new Considered(node.id(), node.estimate(bytes), hot ? "hot" : "slower"));
      }
    }
    return candidates.choose(best.node(), others);
  }

  private static boolean beats(Entry one, Entry other, int hotAbove) {
    int inFlight = one.load().inFlight();
    int otherInFlight = other.load().inFlight();
    if (inFlight > hotAbove || otherInFlight > hotAbove) {
      return inFlight < otherInFlight;
    }
    return one.latencyNanos() < other.latencyNanos();
  }

  private List<NodeId> toProbe(Candidates candidates, RandomGenerator random) {
    List<NodeId> ids = new ArrayList<>(probes);
    for (NodeView node : candidates.draw(probes, random)) {
      if (!node.id().equals(candidates.view().self())) {
        ids.add(node.id());
      }
    }
    return ids;
  }

  @Override
  public void onSent(long nowNanos, Request request, RouteDecision decision) {
    if (decision.action() instanceof Action.Forward forward) {
      Heard heard = models.of(request.model());
      heard.pool.use(forward.holder());
      heard.removeOne(quantile);
    }
  }

  @Override
  public void onOutcome(long nowNanos, Request request, Outcome outcome) {
    Failure.Kind failure = outcome.failure();
    if (failure != null && failure.wasUnheard()) {
      models.of(request.model()).pool.remove(outcome.holder());
    }
  }

  @Override
  public void onLoad(long nowNanos, String model, NodeId node, Load load) {
    Heard heard = models.of(model);
    heard.pool.add(nowNanos, node, load);
    heard.counts.add(load.inFlight());
  }
}
