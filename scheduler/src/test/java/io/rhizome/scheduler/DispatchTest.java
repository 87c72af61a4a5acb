// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.DispatchError.Attempt;
import io.rhizome.scheduler.DispatchError.Kind;
import io.rhizome.scheduler.Request.Path;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.resilience.Budget;
import io.rhizome.scheduler.resilience.Latencies;
import io.rhizome.scheduler.resilience.Resilience;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The arrows of the table above {@link Dispatch} that do not wait for a time, one test each. */
class DispatchTest extends DispatchFixture {
  // NEW

  @Test
  void startRunsHereWhereTheRouterSaysSo() {
    Dispatch dispatch = dispatch();

    assertThat(dispatch.start(holders(0, 0, 1))).containsExactly(here(1, DEADLINE));
    assertThat(dispatch.nextTimerNanos()).isEqualTo(DEADLINE);
  }

  @Test
  void startForwardsWithWhatIsLeftOfTheDeadline() {
    assertThat(dispatch().start(holders(400 * MILLI, 1)))
        .containsExactly(forward(1, 1, 600 * MILLI));
  }

  @Test
  void startForwardsThroughARelay() {
    Views views = new Views().put(bare(2)).holder(with(bare(1), new Reachability.Via(node(2))), 1);

    assertThat(dispatch().start(views.from(0)))
        .containsExactly(new Step.Forward(1, node(2), node(1), 1, DEADLINE));
  }

  @Test
  void startAlsoAsksForTheLoadThatTheRouterWantsToKnow() {
    router.ask.add(node(3));

    assertThat(dispatch().start(holders(0, 1)))
        .containsExactly(forward(1, 1, DEADLINE), new Step.Ask(List.of(node(3)), router.name()));
  }

  @Test
  void startPastTheDeadlineFails() {
    Dispatch dispatch = dispatch();

    assertThat(fail(dispatch.start(holders(DEADLINE, 0))).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(dispatch.nextTimerNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void startWithoutAnyHolderSaysSo() {
    DispatchError error = fail(dispatch().start(holders(0)));

    assertThat(error.kind()).isEqualTo(Kind.NO_HOLDER);
    assertThat(error.message()).isEqualTo("model 'digits': no usable node holds it");
    assertThat(error.kind().retryLater()).isFalse();
  }

  @Test
  void startWithHoldersBehindALostRelayOnlyIsUnavailableAndNamesThem() {
    Views views =
        new Views().unreachable(2).holder(with(bare(1), new Reachability.Via(node(2))), 1);

    DispatchError error = fail(dispatch().start(views.from(0)));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.kind().retryLater()).isTrue();
    assertThat(error.message()).contains(node(1).shortName() + " unreachable, as its relay is");
  }

  @Test
  void startWhereAllHoldersAreFullIsOverloadedAndTellsWhenToTryAgain() {
    Views views = new Views().holder(1, MILLI, 0, 1).holder(2, MILLI, 0, 1).full(1, 9).full(2, 5);

    DispatchError error = fail(dispatch().start(views.from(0)));

    assertThat(error.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(error.retryNanos()).isEqualTo(5);
    assertThat(error.message()).contains("every holder is full", node(1).shortName() + " full");
  }

  @Test
  void startWithoutHopsLeftIsUnavailable() {
    Request spent = Request.entering(MODEL, 1, 9).withPath(new Path(List.of(node(5)), 0, null));

    DispatchError error = fail(dispatch(spent).start(holders(0, 1)));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.message())
        .startsWith("model 'digits' version 1: it may not hop any further")
        .contains("beyond the hop limit");
  }

  @Test
  void startWherePolicyForbidsEveryHolderSaysWhichRule() {
    Views views =
        new Views().holder(1, MILLI, 0, 1).rules(new RouteRules(List.of("de"), List.of(), 0));

    DispatchError error = fail(dispatch().start(views.from(0)));

    assertThat(error.kind()).isEqualTo(Kind.FORBIDDEN);
    assertThat(error.kind().retryLater()).isFalse();
    assertThat(error.message()).contains("policy forbids every holder").contains("residencyZones");
  }

  @Test
  void startsOnce() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 0));

    assertThatIllegalStateException().isThrownBy(() -> dispatch.start(holders(1, 0)));
  }

  // PENDING: answers and final failures

  @Test
  void anAnswerEndsTheRequest() {
    Load load = new Load(3, 8, 0, MILLI);
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2));

    assertThat(dispatch.onAnswer(holders(7, 1, 2), 1, load)).isEmpty();

    assertThat(router.outcomes).containsExactly(new Outcome(node(1), null, 7, load));
    assertThat(dispatch.nextTimerNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void nothingHappensAfterTheEnd() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2));
    dispatch.onAnswer(holders(7, 1, 2), 1, null);

    assertThat(dispatch.onAnswer(holders(8, 1, 2), 1, null)).isEmpty();
    assertThat(dispatch.onFailure(holders(8, 1, 2), 1, BROKEN, null)).isEmpty();
    assertThat(dispatch.onTimer(holders(2 * DEADLINE, 1, 2))).isEmpty();
    assertThat(router.outcomes).hasSize(1);
  }

  @Test
  void newsOfAnAttemptThatWasNeverMadeIsNone() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2));

    assertThat(dispatch.onFailure(holders(1, 1, 2), 2, BROKEN, null)).isEmpty();
    assertThat(dispatch.onAnswer(holders(1, 1, 2), 0, null)).isEmpty();
    assertThat(dispatch.nextTimerNanos()).isEqualTo(DEADLINE);
  }

  @Test
  void answersTellHowLongTheyTakeWhereTheRequestEntered() {
    for (int i = 0; i < 20; i++) {
      Dispatch dispatch = dispatch();
      dispatch.start(holders(0, 1));
      dispatch.onAnswer(holders(10 * MILLI, 1), 1, null);
    }
    assertThat(hedge()).isBetween(10 * MILLI, 12 * MILLI);
    Dispatch further = dispatch(REQUEST.withPath(new Path(List.of(node(9)), 3, null)));
    further.start(holders(0, 0));
    further.onAnswer(holders(900 * MILLI, 0), 1, null);
    assertThat(resilience.latencies().timeoutNanos(0, MODEL)).isEqualTo(100 * MILLI);
  }

  @Test
  void aFinalFailureEndsTheRequestThoughOthersHoldTheModel() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 0, 1));
    Failure badInput = new Failure(Failure.Kind.FINAL, "input 'pixels' has rank 3");

    DispatchError error = fail(dispatch.onFailure(holders(1, 0, 1), 1, badInput, null));

    assertThat(error.kind()).isEqualTo(Kind.FINAL);
    assertThat(error.kind().retryLater()).isFalse();
    assertThat(error.attempts()).containsExactly(new Attempt(node(0), badInput));
    assertThat(error.message()).contains("input 'pixels' has rank 3");
  }

  @Test
  void anExpiredAttemptEndsTheRequest() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 0, 1));

    List<Step> steps =
        dispatch.onFailure(
            holders(1, 0, 1), 1, new Failure(Failure.Kind.EXPIRED, "too late"), null);

    assertThat(fail(steps).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
  }

  @Test
  void aCancelledAttemptEndsTheRequest() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 0, 1));

    List<Step> steps =
        dispatch.onFailure(holders(1, 0, 1), 1, new Failure(Failure.Kind.CANCELLED, "bye"), null);

    assertThat(fail(steps).kind()).isEqualTo(Kind.CANCELLED);
  }

  @Test
  void theDeadlineEndsTheRequestAndGivesUpWhatIsOut() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2));

    List<Step> steps = dispatch.onTimer(holders(DEADLINE, 1, 2));

    assertThat(steps.get(0)).isEqualTo(new Step.GiveUp(1, false));
    assertThat(failAmong(steps).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(router.outcomes)
        .containsExactly(new Outcome(node(1), Failure.Kind.EXPIRED, DEADLINE, null));
  }

  @Test
  void aTimerThatComesEarlyDoesNothing() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2));

    assertThat(dispatch.onTimer(holders(DEADLINE - 1, 1, 2))).isEmpty();
  }

  // PENDING: refusals and broken attempts

  @Test
  void aFullQueueHereSendsTheRequestElsewhere() {
    Dispatch dispatch = dispatch(REQUEST, DispatchConfig.DEFAULT, budgets(0, 0));
    dispatch.start(holders(0, 0, 1));

    assertThat(dispatch.onFailure(holders(MILLI, 0, 1), 1, OVERLOADED, null))
        .containsExactly(forward(2, 1, DEADLINE - MILLI));
  }

  @Test
  void aRefusalElsewhereComesBackToThisNode() {
    ClusterView busyHere = new Views().holder(0, 0, 9 * MILLI, 1).holder(1, MILLI, 0, 1).from(0);
    Dispatch dispatch = dispatch(REQUEST, DispatchConfig.DEFAULT, budgets(0, 0));
    dispatch.start(busyHere);

    assertThat(dispatch.onFailure(busyHere, 1, REFUSED, null)).containsExactly(here(2, DEADLINE));
  }

  @Test
  void aBrokenAttemptIsRetriedOnAnotherHolder() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2));

    assertThat(dispatch.onFailure(holders(0, 1, 2), 1, BROKEN, null))
        .containsExactly(forward(2, 2, DEADLINE));
    assertThat(router.outcomes).containsExactly(new Outcome(node(1), Failure.Kind.BROKEN, 0, null));
  }

  @Test
  void aBrokenAttemptIsNotRetriedWithoutABudget() {
    Dispatch dispatch = dispatch(REQUEST, DispatchConfig.DEFAULT, budgets(0, 0));
    dispatch.start(holders(0, 1, 2));

    DispatchError error = fail(dispatch.onFailure(holders(1, 1, 2), 1, BROKEN, null));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.message()).contains("too many requests are being retried");
  }

  @Test
  void isOverloadedWhereTheBudgetEndsAfterARefusalForWantOfRoom() {
    Dispatch dispatch = dispatch(REQUEST, DispatchConfig.DEFAULT, budgets(0, 0));
    dispatch.start(holders(0, 1, 2, 3));
    dispatch.onFailure(holders(1, 1, 2, 3), 1, OVERLOADED, null);

    assertThat(fail(dispatch.onFailure(holders(1, 1, 2, 3), 2, BROKEN, null)).kind())
        .isEqualTo(Kind.OVERLOADED);
  }

  @Test
  void aRetryThatHasNowhereToGoCostsNoBudget() {
    Resilience shared = budgets(1, 0);
    Dispatch lonely = dispatch(REQUEST, DispatchConfig.DEFAULT, shared);
    lonely.start(holders(0, 1));
    lonely.onFailure(holders(1, 1), 1, BROKEN, null);

    assertThat(shared.retries().tryTake(1)).isTrue();
  }

  @Test
  void whatMayNotRunTwiceIsNotResentOnceItMayHaveRun() {
    Dispatch dispatch = dispatch(REQUEST.once());
    dispatch.start(holders(0, 1, 2));

    DispatchError error = fail(dispatch.onFailure(holders(1, 1, 2), 1, BROKEN, null));

    assertThat(error.kind()).isEqualTo(Kind.MAY_HAVE_RUN);
    assertThat(error.kind().retryLater()).isFalse();
    assertThat(error.mayHaveRun()).isTrue();
    assertThat(error.message()).contains("it may have run, and may not run twice");
  }

  @Test
  void whatMayNotRunTwiceIsResentWhereItProvablyDidNotRun() {
    Dispatch dispatch = dispatch(REQUEST.once());
    dispatch.start(holders(0, 1, 2));

    assertThat(dispatch.onFailure(holders(1, 1, 2), 1, REFUSED, null))
        .containsExactly(forward(2, 2, DEADLINE - 1));
  }

  @Test
  void aRefusalPastTheDeadlineIsNotRetried() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 0, 1));

    DispatchError error = fail(dispatch.onFailure(holders(DEADLINE, 0, 1), 1, OVERLOADED, null));

    assertThat(error.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(error.message()).contains("queue full");
  }

  @Test
  void isOverloadedWhenAnyHolderWasFullAndNoneIsLeft() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 0, 1));
    dispatch.onFailure(holders(1, 0, 1), 1, OVERLOADED, null);

    DispatchError error = fail(dispatch.onFailure(holders(2, 0, 1), 2, REFUSED, null));

    assertThat(error.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(error.attempts())
        .containsExactly(new Attempt(node(0), OVERLOADED), new Attempt(node(1), REFUSED));
    assertThat(error.message())
        .isEqualTo(
            "model 'digits': no holder is left to try (%s OVERLOADED: queue full (8 of 8); %s"
                    .formatted(node(0).shortName(), node(1).shortName())
                + " REFUSED: connection refused)");
  }

  @Test
  void isUnavailableWhenTheHoldersVanishedMeanwhile() {
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1));

    DispatchError error = fail(dispatch.onFailure(holders(1), 1, BROKEN, null));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.message()).contains("no other usable node holds it");
  }

  @Test
  void givesUpAfterTheAttemptsAllowed() {
    Dispatch dispatch = dispatch(REQUEST, new DispatchConfig(1, 1), resilience);
    dispatch.start(holders(0, 0, 1));

    DispatchError error = fail(dispatch.onFailure(holders(1, 0, 1), 1, REFUSED, null));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.message()).contains("gave up after 1 attempts");
  }

  @Test
  void aForwardedRequestIsTriedLessWidelyThanAtItsEntry() {
    assertThat(DispatchConfig.DEFAULT).isEqualTo(new DispatchConfig(8, 1));
    assertThat(attempts(REQUEST)).isEqualTo(8);
    assertThat(attempts(REQUEST.withPath(new Path(List.of(node(99)), 3, null)))).isEqualTo(1);
  }

  private int attempts(Request request) {
    int[] numbers = new int[20];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i + 1;
    }
    ClusterView view = holders(0, numbers);
    Dispatch dispatch = dispatch(request);
    List<Step> steps = dispatch.start(view);
    while (steps.get(0) instanceof Step.Forward forward) {
      steps = dispatch.onFailure(view, forward.attempt(), REFUSED, null);
    }
    return fail(steps).attempts().size();
  }

  @Test
  void onlyRequestsThatEnteredHereEarnBudget() {
    Resilience earning = new Resilience(new Budget(1, 0, 1), new Budget(1, 0, 1), new Latencies());
    assertThat(earning.retries().tryTake(0)).isTrue();
    assertThat(earning.hedges().tryTake(0)).isTrue();
    Request forwarded = REQUEST.withPath(new Path(List.of(node(9)), 3, null));
    dispatch(forwarded, DispatchConfig.DEFAULT, earning).start(holders(0, 0));
    assertThat(earning.retries().tryTake(0)).isFalse();

    dispatch(REQUEST, DispatchConfig.DEFAULT, earning).start(holders(0, 0));

    assertThat(earning.retries().tryTake(0)).isTrue();
    assertThat(earning.hedges().tryTake(0)).isTrue();
  }

  // PENDING: relays

  @Test
  void aRelayThatAnAttemptBrokeAtIsNotTriedAgain() {
    Dispatch dispatch = dispatch();
    dispatch.start(behindRelay(true));

    DispatchError error = fail(dispatch.onFailure(behindRelay(true), 1, BROKEN, null));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.message())
        .contains(node(1).shortName() + " BROKEN: connection reset")
        .contains(node(3).shortName() + " behind a relay that was tried");
  }

  @Test
  void aRelayThatBroughtARefusalIsTriedAgain() {
    Dispatch dispatch = dispatch();
    dispatch.start(behindRelay(false));

    assertThat(dispatch.onFailure(behindRelay(false), 1, OVERLOADED, null))
        .containsExactly(new Step.Forward(2, node(2), node(3), 1, DEADLINE));
  }

  // Routers that break their contract

  @Test
  void stopsARouterThatRepeatsItself() {
    Dispatch there = stubborn(REQUEST, new Action.Forward(node(1), null, 1));
    there.start(holders(0, 1));
    assertThatIllegalStateException()
        .isThrownBy(() -> there.onFailure(holders(1, 1), 1, REFUSED, null))
        .withMessageContaining("stubborn");
    Dispatch here = stubborn(REQUEST, new Action.RunHere(1));
    here.start(holders(0, 0));
    assertThatIllegalStateException()
        .isThrownBy(() -> here.onFailure(holders(1, 0), 1, REFUSED, null));
  }

  @Test
  void stopsARouterThatLoops() {
    Request passed = REQUEST.withPath(new Path(List.of(node(5)), 1, null));
    for (Action action :
        List.of(
            new Action.Forward(node(0), null, 1),
            new Action.Forward(node(1), node(0), 1),
            new Action.Forward(node(5), null, 1),
            new Action.Forward(node(1), node(5), 1),
            new Action.Forward(node(1), node(2), 1))) {
      assertThatIllegalStateException()
          .as("%s", action)
          .isThrownBy(() -> stubborn(passed, action).start(holders(0, 1, 2, 5)));
    }
  }

  @Test
  void aMessageNamesAFewOfThoseLeftOutAndCountsTheRest() {
    int[] all = IntStream.rangeClosed(1, 20).toArray();
    List<NodeId> passed = IntStream.of(all).mapToObj(Views::node).toList();
    Request returned = Request.entering(MODEL, 1, 9).withPath(new Path(passed, 3, null));

    String message = fail(dispatch(returned).start(holders(0, all))).message();

    assertThat(message).endsWith("; and 12 more)");
    assertThat(message.split("visited", -1)).hasSize(9);
  }
}
