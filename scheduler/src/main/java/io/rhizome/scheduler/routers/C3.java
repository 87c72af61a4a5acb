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
 * Takes the holder of least score, in which its queue counts with its third power (L. Suresh et
 * al., "C3: Cutting Tail Latency in Cloud Data Stores via Adaptive Replica Selection", NSDI 2015,
 * section 3.1). Its rate control is not here: the receiver's admission does that.
 *
 * <p><b>Goals.</b> A fast node gets more, yet no long queue: ahead of a queue that is long, a node
 * three times slower is better.
 *
 * <p><b>Algorithm.</b> Each node's response time {@code R}, as seen here, service time {@code S}
 * and requests in flight {@code q}, as it says itself, are averaged, the newest counting for {@code
 * alpha}. Its score is {@code R - S + (1 + clients * outstanding + q)^3 * S}: each of this node's
 * requests there stands for one of every node that sends. What is not known of a node is taken from
 * what its load and distance make likely. Where there are more than {@value #MAX_LOOKED_AT}
 * holders, that many are drawn at random.
 *
 * <p>Parameters: {@code clients}, 1 to 10,000: how many nodes send, 1; {@code alpha}, 0.01 to 1:
 * 0.9.
 *
 * <p>State: three averages for each holder of each model. Any thread.
 */
public final class C3 implements Router {
  private static final String NAME = "c3";
  private static final int MAX_LOOKED_AT = 16;
  private static final int MAX_CLIENTS = 10_000;
  private static final double ALPHA = 0.9;
  private static final double MIN_ALPHA = 0.01;

  private final int clients;
  private final double alpha;
  private final ByHolder<Averages> averages = new ByHolder<>(Averages.NONE);

  /** What is known of a holder; negative where nothing is. */
  private record Averages(double responseNanos, double serviceNanos, double inFlight) {
    static final Averages NONE = new Averages(-1, -1, -1);

    Averages withResponse(double nanos, double alpha) {
      return new Averages(moved(responseNanos, nanos, alpha), serviceNanos, inFlight);
    }

    Averages withLoad(Load load, double alpha) {
      return new Averages(
          responseNanos,
          moved(serviceNanos, (double) load.serviceNanos(), alpha),
          moved(inFlight, load.inFlight(), alpha));
    }

    private static double moved(double average, double newest, double alpha) {
      return average < 0 ? newest : alpha * newest + (1 - alpha) * average;
    }
  }

  /** One client; an average of which the newest makes nine tenths. */
  public C3() {
    this(1, ALPHA);
  }

  private C3(int clients, double alpha) {
    this.clients = clients;
    this.alpha = alpha;
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
            new C3(
                parameters.whole("clients", clients, 1, MAX_CLIENTS),
                parameters.number("alpha", alpha, MIN_ALPHA, 1)));
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    return Least.of(
        candidates,
        candidates.draw(MAX_LOOKED_AT, random),
        node -> score(request, node, view.self()),
        "higher score",
        random);
  }

  private double score(Request request, NodeView node, NodeId self) {
    Averages known = averages.of(request.model(), node.id());
    Load load = node.load();
    boolean here = node.id().equals(self);
    double service = here || known.serviceNanos() < 0 ? load.serviceNanos() : known.serviceNanos();
    double response =
        known.responseNanos() < 0
            ? node.estimate(request.bytes()).totalNanos()
            : known.responseNanos();
    double inFlight = here || known.inFlight() < 0 ? load.inFlight() : known.inFlight();
    double outstanding = here ? 0 : node.outstanding();
    double queue = 1 + clients * outstanding + inFlight;
    return response - service + queue * queue * queue * service;
  }

  @Override
  public void onOutcome(long nowNanos, Request request, Outcome outcome) {
    Failure.Kind failure = outcome.failure();
    // A refusal comes fast: as a response time it would draw more requests there.
    if (!outcome.cold() && (failure == null || failure.mayHaveRun())) {
      averages.learn(
          request.model(),
          outcome.holder(),
          known -> known.withResponse((double) outcome.elapsedNanos(), alpha));
    }
  }

  @Override
  public void onLoad(long nowNanos, String model, NodeId node, Load load) {
    averages.learn(model, node, known -> known.withLoad(load, alpha));
  }
}
