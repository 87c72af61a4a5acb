// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.resilience.Budget;
import io.rhizome.scheduler.resilience.Latencies;
import io.rhizome.scheduler.resilience.Resilience;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** A request, its router and what it shares, under the eyes of a test. */
abstract class DispatchFixture {
  static final long DEADLINE = 1_000 * MILLI;
  static final Request REQUEST = Request.entering(MODEL, 0, 9);
  static final Failure OVERLOADED = new Failure(Failure.Kind.OVERLOADED, "queue full (8 of 8)");
  static final Failure REFUSED = new Failure(Failure.Kind.REFUSED, "connection refused");
  static final Failure BROKEN = new Failure(Failure.Kind.BROKEN, "connection reset");

  final Nearest router = new Nearest();
  final Resilience resilience = budgets(9, 9);

  /** Takes the candidate that would answer soonest, and keeps what it is told. */
  static class Nearest implements Router {
    final List<NodeId> ask = new ArrayList<>();
    final List<Action> sent = new ArrayList<>();
    final List<Outcome> outcomes = new ArrayList<>();

    @Override
    public String name() {
      return "nearest";
    }

    @Override
    public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
      Candidates candidates = Candidates.of(request, view);
      return candidates.all().stream()
          .min(Comparator.comparingLong(there -> there.estimate(9).totalNanos()))
          .map(candidates::choose)
          .orElseGet(candidates::refuse)
          .asking(ask);
    }

    @Override
    public void onSent(long nowNanos, Request request, RouteDecision decision) {
      sent.add(decision.action());
    }

    @Override
    public void onOutcome(long nowNanos, Request request, Outcome outcome) {
      outcomes.add(outcome);
    }
  }

  static Resilience budgets(int retries, int hedges) {
    return new Resilience(budget(retries), budget(hedges), new Latencies());
  }

  /** That many and no more. */
  static Budget budget(int tokens) {
    Budget budget = new Budget(0, 0, tokens + 1);
    assertThat(budget.tryTake(0)).isTrue();
    return budget;
  }

  final Dispatch dispatch() {
    return dispatch(REQUEST);
  }

  final Dispatch dispatch(Request request) {
    return dispatch(request, DispatchConfig.DEFAULT, resilience);
  }

  final Dispatch dispatch(Request request, DispatchConfig config, Resilience shared) {
    return new Dispatch(request, router, DEADLINE, config, shared, new Random(7));
  }

  /**
   * Holders 0 (this node), 1, 2 ...: each 1 ms further than the one before, none heard of lately.
   */
  static ClusterView holders(long nowNanos, int... numbers) {
    Views views = new Views();
    for (int number : numbers) {
      NodeView node = at(bare(number), number * MILLI, new Load(0, 8, 0, MILLI));
      views.holder(number == 0 ? node : with(node, 0, Long.MAX_VALUE), 1);
    }
    return views.at(nowNanos).from(0);
  }

  static Step.RunHere here(int attempt, long left) {
    return new Step.RunHere(attempt, 1, left, false);
  }

  static Step.Forward forward(int attempt, int to, long left) {
    return new Step.Forward(attempt, node(to), null, 1, left);
  }

  static DispatchError fail(List<Step> steps) {
    assertThat(steps).hasSize(1);
    return failAmong(steps);
  }

  static DispatchError failAmong(List<Step> steps) {
    Step last = steps.get(steps.size() - 1);
    assertThat(last).isInstanceOf(Step.Fail.class);
    return ((Step.Fail) last).error();
  }

  /** As if this model had been answered often, each time after 10 ms. */
  final void answersTake10Millis() {
    for (int i = 0; i < 100; i++) {
      resilience.latencies().add(0, MODEL, 10 * MILLI);
    }
  }

  final long timeout() {
    return resilience.latencies().timeoutNanos(0, MODEL);
  }

  final long hedge() {
    return resilience.latencies().hedgeNanos(0, MODEL);
  }

  final Router always(Action action) {
    return new Nearest() {
      @Override
      public String name() {
        return "stubborn";
      }

      @Override
      public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
        return new RouteDecision(action, List.of(), List.of());
      }
    };
  }

  final Dispatch stubborn(Request request, Action action) {
    return new Dispatch(
        request, always(action), DEADLINE, DispatchConfig.DEFAULT, resilience, new Random(1));
  }

  /** Holders 1 and 3 behind relay 2, which holds the model too if told so. */
  static ClusterView behindRelay(boolean relayHolds) {
    Views views = new Views();
    views.holder(at(with(bare(1), new Reachability.Via(node(2))), MILLI, bare(1).load()), 1);
    views.holder(at(with(bare(3), new Reachability.Via(node(2))), 9 * MILLI, bare(3).load()), 1);
    return relayHolds ? views.holder(2, 5 * MILLI, 0, 1).from(0) : views.put(bare(2)).from(0);
  }
}
