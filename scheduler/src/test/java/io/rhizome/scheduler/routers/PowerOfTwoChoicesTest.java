// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Estimate;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.Views;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PowerOfTwoChoicesTest {
  private static final int DRAWS = 300;

  private final PowerOfTwoChoices router = new PowerOfTwoChoices();

  @Test
  void runsHereWhenThatIsNoWorse() {
    ClusterView view = new Views().holder(0, 0, 2 * MILLI, 1).holder(1, 2 * MILLI, 0, 1).from(0);

    assertThat(chosen(view)).containsExactly(0);
  }

  @Test
  void forwardsWhenThePeerIsCheaperThanTheQueueHere() {
    ClusterView view = new Views().holder(0, 0, 5 * MILLI, 1).holder(1, 2 * MILLI, 0, 1).from(0);

    assertThat(chosen(view)).containsExactly(1);
  }

  @Test
  void neverChoosesTheWorstOfThree() {
    ClusterView view =
        new Views()
            .holder(1, 2 * MILLI, 10 * MILLI, 1)
            .holder(2, 5 * MILLI, 0, 1)
            .holder(3, MILLI, 50 * MILLI, 1)
            .from(0);

    assertThat(chosen(view)).containsExactly(1, 2);
  }

  @Test
  void spreadsOverEqualHolders() {
    Views views = new Views();
    for (int i = 1; i <= 4; i++) {
      views.holder(i, MILLI, 0, 1);
    }

    assertThat(Draws.counts(router, views.from(0), 4_000).values())
        .hasSize(4)
        .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
  }

  @Test
  void treatsAnUnknownRoundTripAsAMillisecond() {
    ClusterView view = new Views().holder(1, -1, 0, 1).holder(2, 2 * MILLI, 0, 1).from(0);

    RouteDecision decision = router.route(Draws.REQUEST, view, new Random(1));

    assertThat(decision.action()).isEqualTo(new Action.Forward(node(1), null, 1));
    assertThat(decision.considered())
        .containsExactly(
            new Considered(node(1), new Estimate(MILLI, 0, 0, MILLI), "chosen"),
            new Considered(node(2), new Estimate(2 * MILLI, 0, 0, MILLI), "slower"));
  }

  @Test
  void isNotFooledByANegativeOrHugeLoad() {
    ClusterView view =
        new Views().holder(1, MILLI, Long.MIN_VALUE, 1).holder(2, MILLI, Long.MAX_VALUE, 1).from(0);

    RouteDecision decision = router.route(Draws.REQUEST, view, new Random(1));

    assertThat(decision.considered())
        .extracting(considered -> considered.estimate().totalNanos())
        .containsExactly(2 * MILLI, Long.MAX_VALUE);
  }

  private List<Integer> chosen(ClusterView view) {
    return List.copyOf(Draws.counts(router, view, DRAWS).keySet());
  }
}
