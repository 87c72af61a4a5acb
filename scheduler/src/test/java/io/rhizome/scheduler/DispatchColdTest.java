// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.scheduler.DispatchError.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests for a model that no node has loaded. */
class DispatchColdTest extends DispatchFixture {
  private static final RouteRules ON_DEMAND = RouteRules.NONE.loadingOnDemand(true);

  /** These have it on disk only. */
  private static Views cold(long nowNanos, int... numbers) {
    Views views = new Views().rules(ON_DEMAND).at(nowNanos);
    for (int number : numbers) {
      views.cold(bare(number), 1);
    }
    return views;
  }

  private static int number(Step step) {
    return ((Step.Forward) step).holder().bytes()[0];
  }

  @Test
  void anAttemptThatHasToLoadHasNeitherTimeNorHedge() {
    answersTake10Millis();
    Dispatch dispatch = dispatch();

    assertThat(dispatch.start(cold(0, 1, 2).from(0))).hasSize(1);

    assertThat(dispatch.nextTimerNanos()).isEqualTo(DEADLINE);
    assertThat(dispatch.onTimer(cold(DEADLINE - 1, 1, 2).from(0))).isEmpty();
  }

  @Test
  void thisNodeIsToldToLoadItFirst() {
    assertThat(dispatch().start(cold(0, 0).from(0)))
        .containsExactly(new Step.RunHere(1, 1, DEADLINE, true));
  }

  @Test
  void howLongItTookCountsForNoOtherRequestAndRoutersAreToldThatItLoaded() {
    answersTake10Millis();
    long before = timeout();
    for (int i = 0; i < 50; i++) {
      Dispatch dispatch = dispatch();
      dispatch.start(cold(0, 1).from(0));
      dispatch.onAnswer(holders(900 * MILLI, 1), 1, null);
    }

    assertThat(timeout()).isEqualTo(before);
    assertThat(router.outcomes)
        .hasSize(50)
        .containsOnly(new Outcome(node(1), null, 900 * MILLI, null, true));
  }

  @Test
  void aFailedLoadSendsTheRequestToTheNext() {
    Dispatch dispatch = dispatch(REQUEST, DispatchConfig.DEFAULT, budgets(0, 0));
    int first = number(dispatch.start(cold(0, 1, 2).from(0)).get(0));

    List<Step> steps = dispatch.onFailure(cold(1, 1, 2).from(0), 1, REFUSED, null);

    assertThat(steps).containsExactly(forward(2, 3 - first, DEADLINE - 1));
  }

  @Test
  void whereTooManyWaitForALoadNobodyElseIsMadeToLoad() {
    Dispatch dispatch = dispatch();
    dispatch.start(cold(0, 1, 2).from(0));

    DispatchError error = fail(dispatch.onFailure(cold(1, 1, 2).from(0), 1, OVERLOADED, null));

    assertThat(error.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(error.message()).contains("too many requests wait for it to be loaded");
  }

  @Test
  void whereTooManyWaitForALoadThatIsDoneMeanwhileItIsTriedThere() {
    Dispatch dispatch = dispatch();
    int first = number(dispatch.start(cold(0, 1, 2).from(0)).get(0));

    List<Step> steps =
        dispatch.onFailure(cold(1, 1, 2).holder(bare(3 - first), 1).from(0), 1, OVERLOADED, null);

    assertThat(steps).containsExactly(forward(2, 3 - first, DEADLINE - 1));
  }

  @Test
  void theDeadlineSaysThatTheModelWasBeingLoaded() {
    Dispatch dispatch = dispatch();
    dispatch.start(cold(0, 1).from(0));

    DispatchError error = failAmong(dispatch.onTimer(cold(DEADLINE, 1).from(0)));

    assertThat(error.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(error.message())
        .contains("deadline passed; " + node(1).shortName() + " was loading the model");
  }

  @Test
  void aHedgeMakesNobodyLoad() {
    answersTake10Millis();
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1));
    long hedge = dispatch.nextTimerNanos();

    assertThat(dispatch.onTimer(cold(hedge, 2).from(0))).isEmpty();
    assertThat(resilience.hedges().tryTake(hedge)).isTrue();
  }
}
