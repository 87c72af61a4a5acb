// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.DispatchError.Kind;
import io.rhizome.scheduler.Request.Path;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.resilience.Resilience;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arrows of the table above {@link Dispatch} that time brings: time-outs and hedges. */
class DispatchTimersTest extends DispatchFixture {
  // PENDING: time-outs

  @Test
  void anAttemptThatTakesFarTooLongIsGivenUpForAnother() {
    answersTake10Millis();
    Dispatch dispatch = dispatchWith(1, 0);
    dispatch.start(holders(0, 1, 2));
    long over = passTimeToHedge(dispatch, 1, 2);
    assertThat(over).isEqualTo(timeout());

    List<Step> steps = dispatch.onTimer(holders(over, 1, 2));

    assertThat(steps).containsExactly(new Step.GiveUp(1, true), forward(2, 2, DEADLINE - over));
    assertThat(router.outcomes)
        .containsExactly(new Outcome(node(1), Failure.Kind.SILENT, over, null));
    assertThat(dispatch.onAnswer(holders(over + 1, 1, 2), 1, null)).isEmpty();
    assertThat(dispatch.nextTimerNanos()).isLessThan(DEADLINE);
    assertThat(dispatch.onAnswer(holders(over + 2, 1, 2), 2, null)).isEmpty();
    assertThat(dispatch.nextTimerNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whoWasMerelySilentIsTriedAgainOnceNobodyElseIsLeft() {
    answersTake10Millis();
    Dispatch dispatch = dispatchWith(2, 0);
    dispatch.start(holders(0, 1, 2));
    long over = passTimeToHedge(dispatch, 1, 2);
    assertThat(dispatch.onTimer(holders(over, 1, 2))).hasSize(2);

    assertThat(dispatch.onFailure(holders(over, 1, 2), 2, REFUSED, null))
        .containsExactly(forward(3, 1, DEADLINE - over));
    assertThat(fail(dispatch.onFailure(holders(over, 1, 2), 3, REFUSED, null)).kind())
        .isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void aHolderThatSpokeSinceAndIsSoBusyIsNotGivenUp() {
    answersTake10Millis();
    Dispatch dispatch = dispatchWith(1, 0);
    dispatch.start(holders(0, 1, 2));
    long over = passTimeToHedge(dispatch, 1, 2);
    Load busy = new Load(80, 8, 200 * MILLI, 20 * MILLI);
    NodeView spoke = with(at(bare(1), MILLI, busy), 0, over / 2);
    Views views = new Views().holder(spoke, 1).holder(2, 2 * MILLI, 0, 1);

    assertThat(dispatch.onTimer(views.at(over).from(0))).isEmpty();
    assertThat(dispatch.nextTimerNanos()).isEqualTo(260 * MILLI);

    // That long it might take. It is not left out for it, as it speaks.
    assertThat(dispatch.onTimer(views.at(260 * MILLI).from(0)))
        .containsExactly(new Step.GiveUp(1, false), forward(2, 2, DEADLINE - 260 * MILLI));
  }

  private Dispatch dispatchWith(int retries, int hedges) {
    Resilience shared = new Resilience(budget(retries), budget(hedges), resilience.latencies());
    return dispatch(REQUEST, DispatchConfig.DEFAULT, shared);
  }

  /** Lets the time to hedge pass, in which nothing happens; the next time that something may. */
  private static long passTimeToHedge(Dispatch dispatch, int... numbers) {
    assertThat(dispatch.onTimer(holders(dispatch.nextTimerNanos(), numbers))).isEmpty();
    return dispatch.nextTimerNanos();
  }

  @Test
  void whatTheChosenNodeSaysOfItsQueueIsAddedToItsTime() {
    answersTake10Millis();
    Dispatch dispatch = dispatchWith(1, 0);
    dispatch.start(new Views().holder(1, MILLI, 50 * MILLI, 1).from(0));

    assertThat(dispatch.nextTimerNanos()).isEqualTo(hedge() + 50 * MILLI);
    assertThat(passTimeToHedge(dispatch, 1)).isEqualTo(timeout() + 50 * MILLI);
  }

  @Test
  void whereTooLittleIsKnownOnlyTheDeadlineCounts() {
    for (int i = 0; i < 19; i++) {
      resilience.latencies().add(0, MODEL, MILLI);
    }
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2));

    assertThat(dispatch.nextTimerNanos()).isEqualTo(DEADLINE);
  }

  @Test
  void whatMayNotRunTwiceAndWhatAPeerSentIsNotWatched() {
    answersTake10Millis();
    Dispatch once = dispatch(REQUEST.once());
    once.start(holders(0, 1, 2));
    assertThat(once.nextTimerNanos()).isEqualTo(DEADLINE);
    Dispatch forwarded = dispatch(REQUEST.withPath(new Path(List.of(node(9)), 3, null)));
    forwarded.start(holders(0, 0));
    assertThat(forwarded.nextTimerNanos()).isEqualTo(DEADLINE);
  }

  @Test
  void aSilentAttemptGoesOnWhereNobodyElseIsLeft() {
    answersTake10Millis();
    Dispatch dispatch = dispatchWith(1, 0);
    dispatch.start(holders(0, 1));
    long over = passTimeToHedge(dispatch, 1);

    assertThat(dispatch.onTimer(holders(over, 1))).isEmpty();

    assertThat(dispatch.nextTimerNanos()).isEqualTo(2 * over);
    assertThat(dispatch.onTimer(holders(2 * over, 1, 2)))
        .containsExactly(new Step.GiveUp(1, true), forward(2, 2, DEADLINE - 2 * over));
  }

  @Test
  void aSilentAttemptGoesOnWithoutABudget() {
    answersTake10Millis();
    Dispatch dispatch = dispatchWith(0, 0);
    dispatch.start(holders(0, 1, 2));
    long over = passTimeToHedge(dispatch, 1, 2);

    assertThat(dispatch.onTimer(holders(over, 1, 2))).isEmpty();

    assertThat(dispatch.nextTimerNanos()).isEqualTo(2 * over);
    assertThat(dispatch.onAnswer(holders(over + 1, 1, 2), 1, null)).isEmpty();
    assertThat(dispatch.nextTimerNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theLastAttemptAllowedIsNotGivenUp() {
    answersTake10Millis();
    Dispatch dispatch = dispatch(REQUEST, new DispatchConfig(1, 1), resilience);
    dispatch.start(holders(0, 1, 2));
    long over = passTimeToHedge(dispatch, 1, 2);

    assertThat(dispatch.onTimer(holders(over, 1, 2))).isEmpty();
  }

  // PENDING: hedges

  @Test
  void asksASecondNodeWhereTheFirstTakesLong() {
    answersTake10Millis();
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2, 3));
    long hedge = dispatch.nextTimerNanos();
    assertThat(hedge).isEqualTo(hedge());

    assertThat(dispatch.onTimer(holders(hedge, 1, 2, 3)))
        .containsExactly(forward(2, 2, DEADLINE - hedge));
    assertThat(dispatch.nextTimerNanos()).isEqualTo(timeout());
  }

  @Test
  void doesNotHedgeWithoutABudgetOrAnybodyElse() {
    answersTake10Millis();
    Dispatch poor = dispatchWith(9, 0);
    poor.start(holders(0, 1, 2));
    passTimeToHedge(poor, 1, 2);
    Dispatch lonely = dispatchWith(9, 9);
    lonely.start(holders(0, 1));
    passTimeToHedge(lonely, 1);
  }

  private Dispatch hedged() {
    answersTake10Millis();
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2, 3));
    assertThat(dispatch.onTimer(holders(hedge(), 1, 2, 3))).hasSize(1);
    return dispatch;
  }

  @Test
  void theFirstAnswerOfTwoCountsAndTheRouterHearsOfBoth() {
    Dispatch dispatch = hedged();

    assertThat(dispatch.onAnswer(holders(2 * hedge(), 1, 2, 3), 2, null))
        .containsExactly(new Step.GiveUp(1, false));

    assertThat(router.outcomes)
        .containsExactly(
            new Outcome(node(2), null, hedge(), null),
            new Outcome(node(1), Failure.Kind.CANCELLED, 2 * hedge(), null));
    assertThat(router.sent).hasSameSizeAs(router.outcomes);
  }

  @Test
  void aFailureBesideAPendingAttemptWaitsForThat() {
    Dispatch dispatch = hedged();

    assertThat(dispatch.onFailure(holders(hedge() + 1, 1, 2, 3), 1, BROKEN, null)).isEmpty();
    assertThat(dispatch.onFailure(holders(hedge() + 2, 1, 2, 3), 2, REFUSED, null))
        .containsExactly(forward(3, 3, DEADLINE - hedge() - 2));
  }

  @Test
  void aFinalFailureGivesUpTheOtherAttempt() {
    Dispatch dispatch = hedged();

    List<Step> steps =
        dispatch.onFailure(
            holders(hedge() + 1, 1, 2, 3), 2, new Failure(Failure.Kind.FINAL, "bad"), null);

    assertThat(steps.get(0)).isEqualTo(new Step.GiveUp(1, false));
    assertThat(failAmong(steps).kind()).isEqualTo(Kind.FINAL);
  }

  @Test
  void aSilentAttemptBesideAnotherIsGivenUpForThat() {
    Dispatch dispatch = hedged();

    assertThat(dispatch.onTimer(holders(timeout(), 1, 2, 3)))
        .containsExactly(new Step.GiveUp(1, true));

    assertThat(dispatch.nextTimerNanos()).isEqualTo(hedge() + timeout());
    assertThat(dispatch.onTimer(holders(hedge() + timeout(), 1, 2, 3)))
        .containsExactly(new Step.GiveUp(2, true), forward(3, 3, DEADLINE - hedge() - timeout()));
  }

  @Test
  void aRetryHasTheWholeTimeBeforeItIsHedged() {
    answersTake10Millis();
    Dispatch dispatch = dispatch();
    dispatch.start(holders(0, 1, 2, 3));
    dispatch.onFailure(holders(hedge() - 1, 1, 2, 3), 1, REFUSED, null);

    assertThat(dispatch.nextTimerNanos()).isEqualTo(2 * hedge() - 1);
  }

  @Test
  void whoIsSilentBehindARelayIsNotLeftForThatRelay() {
    answersTake10Millis();
    Dispatch dispatch = dispatch();
    dispatch.start(behindRelay(true));
    Views later = new Views().at(timeout());
    NodeView behind = at(with(bare(1), new Reachability.Via(node(2))), MILLI, bare(1).load());
    later.holder(with(behind, 0, Long.MAX_VALUE), 1);
    later.holder(2, 5 * MILLI, 0, 1).holder(4, 20 * MILLI, 0, 1);

    assertThat(dispatch.onTimer(later.from(0)))
        .containsExactly(new Step.GiveUp(1, true), forward(2, 4, DEADLINE - timeout()));
  }

  @Test
  void stopsARouterThatHedgesWhereTheFirstAttemptIs() {
    answersTake10Millis();
    Dispatch dispatch = stubborn(REQUEST, new Action.Forward(node(1), null, 1));
    dispatch.start(holders(0, 1));

    assertThatIllegalStateException().isThrownBy(() -> dispatch.onTimer(holders(hedge(), 1)));
    assertThat(dispatch.onAnswer(holders(hedge() + 1, 1), 1, null)).isEmpty();
  }
}
