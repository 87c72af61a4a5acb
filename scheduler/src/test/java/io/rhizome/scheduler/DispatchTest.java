// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.DispatchError.Attempt;
import io.rhizome.scheduler.DispatchError.Kind;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.routers.PowerOfTwoChoices;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** One test per arrow of the table above {@link Dispatch}. */
class DispatchTest {
  private static final long DEADLINE = 1_000 * MILLI;
  private static final Failure OVERLOADED =
      new Failure(Failure.Kind.OVERLOADED, "queue full (8 of 8)");
  private static final Failure REFUSED = new Failure(Failure.Kind.REFUSED, "connection refused");
  private static final Failure BROKEN = new Failure(Failure.Kind.BROKEN, "connection reset");

  private final ClusterView here = new Views().holder(0, 0, 0, 1).from(0);
  private final ClusterView one = new Views().holder(1, MILLI, 0, 1).from(0);
  private final ClusterView both = new Views().holder(0, 0, 0, 1).holder(1, MILLI, 0, 1).from(0);

  @Test
  void startPastTheDeadlineFails() {
    assertThat(fail(dispatch().start(DEADLINE, here)).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
  }

  @Test
  void startRunsHereWhereTheRouterSaysSo() {
    assertThat(dispatch().start(0, here)).isEqualTo(new Step.RunHere(1, DEADLINE));
  }

  @Test
  void startForwardsWithWhatIsLeftOfTheDeadline() {
    assertThat(dispatch().start(400 * MILLI, one))
        .isEqualTo(new Step.Forward(node(1), 1, 600 * MILLI));
  }

  @Test
  void startWithoutAnyHolderSaysSo() {
    DispatchError error = fail(dispatch().start(0, new Views().from(0)));

    assertThat(error.kind()).isEqualTo(Kind.NO_HOLDER);
    assertThat(error.message()).isEqualTo("model 'digits': no usable node holds it");
    assertThat(error.kind().retryLater()).isFalse();
  }

  @Test
  void startWithUnreachableHoldersOnlyIsUnavailableAndNamesThem() {
    DispatchError error = fail(dispatch().start(0, new Views().unreachable(1, 1).from(0)));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.kind().retryLater()).isTrue();
    assertThat(error.message()).contains(node(1).shortName() + " unreachable");
  }

  @Test
  void startWithoutHopsLeftIsUnavailable() {
    Dispatch dispatch =
        dispatch(new Request(MODEL, 1, 9, List.of(node(5)), 0), DispatchConfig.DEFAULT);

    DispatchError error = fail(dispatch.start(0, one));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.message())
        .startsWith("model 'digits' version 1: it may not hop any further")
        .contains("beyond the hop limit");
  }

  @Test
  void aFinalFailureEndsTheRequestThoughOthersHoldTheModel() {
    Dispatch dispatch = dispatch();
    dispatch.start(0, both);
    Failure badInput = new Failure(Failure.Kind.FINAL, "input 'pixels' has rank 3");

    DispatchError error = fail(dispatch.onFailure(1, both, node(0), badInput));

    assertThat(error.kind()).isEqualTo(Kind.FINAL);
    assertThat(error.kind().retryLater()).isFalse();
    assertThat(error.attempts()).containsExactly(new Attempt(node(0), badInput));
    assertThat(error.message()).contains("input 'pixels' has rank 3");
  }

  @Test
  void anExpiredAttemptEndsTheRequest() {
    Dispatch dispatch = dispatch();
    dispatch.start(0, both);

    Step step = dispatch.onFailure(1, both, node(0), new Failure(Failure.Kind.EXPIRED, "too late"));

    assertThat(fail(step).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
  }

  @Test
  void aCancelledAttemptEndsTheRequest() {
    Dispatch dispatch = dispatch();
    dispatch.start(0, both);

    Step step = dispatch.onFailure(1, both, node(0), new Failure(Failure.Kind.CANCELLED, "bye"));

    assertThat(fail(step).kind()).isEqualTo(Kind.CANCELLED);
  }

  @Test
  void aFullQueueHereSendsTheRequestElsewhere() {
    Dispatch dispatch = dispatch();
    dispatch.start(0, both);

    assertThat(dispatch.onFailure(MILLI, both, node(0), OVERLOADED))
        .isEqualTo(new Step.Forward(node(1), 1, DEADLINE - MILLI));
  }

  @Test
  void aRefusalElsewhereComesBackToThisNode() {
    ClusterView busyHere = new Views().holder(0, 0, 9 * MILLI, 1).holder(1, MILLI, 0, 1).from(0);
    Dispatch dispatch = dispatch();
    dispatch.start(0, busyHere);

    assertThat(dispatch.onFailure(1, busyHere, node(1), REFUSED)).isInstanceOf(Step.RunHere.class);
  }

  @Test
  void aBrokenAttemptIsRetriedOnAnotherHolder() {
    ClusterView two = new Views().holder(1, MILLI, 0, 1).holder(2, MILLI, 0, 1).from(0);
    Dispatch dispatch = dispatch();
    NodeId first = ((Step.Forward) dispatch.start(0, two)).to();

    Step.Forward second = (Step.Forward) dispatch.onFailure(1, two, first, BROKEN);

    assertThat(second.to()).isNotEqualTo(first);
  }

  @Test
  void aRefusalPastTheDeadlineIsNotRetried() {
    Dispatch dispatch = dispatch();
    dispatch.start(0, both);

    DispatchError error = fail(dispatch.onFailure(DEADLINE, both, node(0), OVERLOADED));

    assertThat(error.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(error.message()).contains("queue full");
  }

  @Test
  void isOverloadedWhenAnyHolderWasFullAndNoneIsLeft() {
    Dispatch dispatch = dispatch();
    dispatch.start(0, both);
    dispatch.onFailure(1, both, node(0), OVERLOADED);

    DispatchError error = fail(dispatch.onFailure(2, both, node(1), REFUSED));

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
    dispatch.start(0, one);

    Step step = dispatch.onFailure(1, new Views().from(0), node(1), BROKEN);

    assertThat(fail(step).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void givesUpAfterTheAttemptsAllowed() {
    Dispatch dispatch = dispatch(new Request(MODEL, 0, 9, List.of(), 4), new DispatchConfig(1, 1));
    dispatch.start(0, both);

    DispatchError error = fail(dispatch.onFailure(1, both, node(0), REFUSED));

    assertThat(error.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(error.message()).contains("gave up after 1 attempts");
  }

  @Test
  void aForwardedRequestIsTriedLessWidelyThanAtItsEntry() {
    assertThat(DispatchConfig.DEFAULT).isEqualTo(new DispatchConfig(8, 1));
    assertThat(attempts(new Request(MODEL, 0, 9, List.of(), 4))).isEqualTo(8);
    assertThat(attempts(new Request(MODEL, 0, 9, List.of(node(99)), 3))).isEqualTo(1);
  }

  @Test
  void refusesAReportForAnAttemptThatIsNotPending() {
    Dispatch dispatch = dispatch();
    dispatch.start(0, here);

    assertThatIllegalStateException()
        .isThrownBy(() -> dispatch.onFailure(1, here, node(1), REFUSED));
    assertThatIllegalStateException().isThrownBy(() -> dispatch.start(1, here));
  }

  @Test
  void stopsARouterThatRepeatsItself() {
    Router stubborn =
        new Router() {
          @Override
          public String name() {
            return "stubborn";
          }

          @Override
          public RouteDecision route(
              Request request,
              SortedSet<NodeId> excluded,
              ClusterView view,
              RandomGenerator random) {
            return new RouteDecision(new Action.Forward(node(1), 1), List.of());
          }
        };
    Dispatch dispatch =
        new Dispatch(
            new Request(MODEL, 0, 9, List.of(), 4),
            stubborn,
            DEADLINE,
            DispatchConfig.DEFAULT,
            new Random(1));
    dispatch.start(0, one);

    assertThatIllegalStateException()
        .isThrownBy(() -> dispatch.onFailure(1, one, node(1), REFUSED))
        .withMessageContaining("stubborn");
  }

  private static int attempts(Request request) {
    Views views = new Views();
    for (int i = 1; i <= 20; i++) {
      views.holder(i, MILLI, 0, 1);
    }
    ClusterView view = views.from(0);
    Dispatch dispatch = dispatch(request, DispatchConfig.DEFAULT);
    Step step = dispatch.start(0, view);
    while (step instanceof Step.Forward forward) {
      step = dispatch.onFailure(1, view, forward.to(), REFUSED);
    }
    return fail(step).attempts().size();
  }

  private static Dispatch dispatch() {
    return dispatch(new Request(MODEL, 0, 9, List.of(), 4), DispatchConfig.DEFAULT);
  }

  private static Dispatch dispatch(Request request, DispatchConfig config) {
    return new Dispatch(request, new PowerOfTwoChoices(), DEADLINE, config, new Random(7));
  }

  private static DispatchError fail(Step step) {
    assertThat(step).isInstanceOf(Step.Fail.class);
    return ((Step.Fail) step).error();
  }
}
