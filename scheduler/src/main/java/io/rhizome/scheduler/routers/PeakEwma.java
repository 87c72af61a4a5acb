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
import io.rhizome.scheduler.Router;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Draws two holders at random and takes the one with less of (time that requests took there) times
 * (requests outstanding there and this one): Finagle's {@code PeakEwma} with two choices.
 *
 * <p><b>Goals.</b> Away at once from a node that turns slow, back to it slowly. It needs nothing
 * that a node says of itself.
 *
 * <p><b>Constraints.</b> A node sees what it sent itself only. An attempt that fails fast must not
 * make a node look fast.
 *
 * <p><b>Algorithm.</b> A time above the average becomes the average; one below moves it by {@code 1
 * - exp(-age / decay)}, where age is how long ago the last was. As no time passes without being one
 * of less waiting, the average falls likewise meanwhile. A failed attempt counts as twice the
 * average, as the queue that the node says it has, or as long as it took, whichever is most; one
 * that was cancelled, expired, or would fail alike elsewhere says nothing. A node that never
 * answered costs nothing while nothing is outstanding there, and else more than any other: it is
 * tried with one request. Of this node its own estimate holds until then.
 *
 * <p>Parameter {@code decay_ms}, 1 to 600,000: 10,000.
 *
 * <p>State: an average for each holder of each model. Any thread.
 */
public final class PeakEwma implements Router {
  private static final String NAME = "peak_ewma";
  private static final int DECAY_MILLIS = 10_000;
  private static final int MAX_DECAY_MILLIS = 600_000;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double UNTRIED = 1e18;

  private final double decayNanos;
  private final ByHolder<Average> averages = new ByHolder<>(Average.NONE);

  /**
   * An average and when it was last moved.
   *
   * @param nanos as it was then
   * @param atNanos when that was
   */
  private record Average(double nanos, long atNanos) {
    static final Average NONE = new Average(0, 0);

    double at(long nowNanos, double decayNanos) {
      double age = Math.max(0, nowNanos - atNanos);
      return nanos == 0 ? 0 : nanos * StrictMath.exp(-age / decayNanos);
    }

    Average with(long nowNanos, double sampleNanos, double decayNanos) {
      double kept = at(nowNanos, decayNanos);
      double moved =
          nanos == 0 || sampleNanos >= kept ? sampleNanos : kept + sampleNanos * (1 - kept / nanos);
      return new Average(moved, nowNanos);
    }
  }

  /** Averages over ten seconds. */
  public PeakEwma() {
    this(DECAY_MILLIS);
  }

  private PeakEwma(int decayMillis) {
    this.decayNanos = decayMillis * NANOS_PER_MILLI;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Router with(SortedMap<String, String> given) {
    int now = (int) (decayNanos / NANOS_PER_MILLI);
    return Parameters.read(
        NAME,
        given,
        parameters -> new PeakEwma(parameters.whole("decay_ms", now, 1, MAX_DECAY_MILLIS)));
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    return Least.of(
        candidates,
        candidates.draw(2, random),
        node -> cost(request, node, view),
        "costs more",
        random);
  }

  private double cost(Request request, NodeView node, ClusterView view) {
    int outstanding = LeastRequest.outstanding(node, view.self());
    double average = averages.of(request.model(), node.id()).at(view.nowNanos(), decayNanos);
    if (average == 0 && node.id().equals(view.self())) {
      average = node.estimate(request.bytes()).totalNanos();
    }
    return average == 0 && outstanding > 0 ? UNTRIED + outstanding : average * (outstanding + 1.0);
  }

  @Override
  public void onOutcome(long nowNanos, Request request, Outcome outcome) {
    Failure.Kind failure = outcome.failure();
    if (!outcome.cold() && (failure == null || failure.retriable())) {
      NodeId holder = outcome.holder();
      averages.learn(
          request.model(),
          holder,
          average -> average.with(nowNanos, sample(nowNanos, outcome, average), decayNanos));
    }
  }

  private double sample(long nowNanos, Outcome outcome, Average average) {
    // Zero says that nothing is known.
    double took = Math.max(1, outcome.elapsedNanos());
    if (outcome.failure() == null) {
      return took;
    }
    Load load = outcome.load();
    double queue = load == null ? 0 : (double) load.queueNanos() + load.serviceNanos();
    return Math.max(Math.max(took, queue), 2 * average.at(nowNanos, decayNanos));
  }
}
