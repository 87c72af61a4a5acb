// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.RouteDecision.Refusal;
import io.rhizome.scheduler.Views;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PowerOfTwoChoicesTest {
  private static final int DRAWS = 300;

  private final PowerOfTwoChoices router = new PowerOfTwoChoices();
  private final Random random = new Random(1);

  @Test
  void runsHereWhenThatIsNoWorse() {
    ClusterView view = new Views().holder(0, 0, 2 * MILLI, 1).holder(1, 2 * MILLI, 0, 1).from(0);

    assertThat(actions(request(0), view)).containsExactly(new Action.RunHere(1));
  }

  @Test
  void forwardsWhenThePeerIsCheaperThanTheQueueHere() {
    ClusterView view = new Views().holder(0, 0, 5 * MILLI, 1).holder(1, 2 * MILLI, 0, 1).from(0);

    assertThat(actions(request(0), view)).containsExactly(new Action.Forward(node(1), 1));
  }

  @Test
  void keepsWhatAPeerSentHereEvenWhenAnotherSeemsCheaper() {
    ClusterView view = new Views().holder(0, 0, 5 * MILLI, 1).holder(1, 2 * MILLI, 0, 1).from(0);
    Request hopped = request(0).forwardedBy(node(2));

    assertThat(actions(hopped, view)).containsExactly(new Action.RunHere(1));
  }

  @Test
  void neverChoosesTheWorstOfThree() {
    ClusterView view =
        new Views()
            .holder(1, 2 * MILLI, 10 * MILLI, 1)
            .holder(2, 5 * MILLI, 0, 1)
            .holder(3, MILLI, 50 * MILLI, 1)
            .from(0);

    assertThat(actions(request(0), view))
        .containsExactlyInAnyOrder(new Action.Forward(node(1), 1), new Action.Forward(node(2), 1));
  }

  @Test
  void spreadsOverEqualHolders() {
    Views views = new Views();
    for (int i = 1; i <= 4; i++) {
      views.holder(i, MILLI, 0, 1);
    }

    assertThat(actions(request(0), views.from(0))).hasSize(4);
  }

  @Test
  void treatsAnUnknownRoundTripAsAMillisecond() {
    ClusterView view = new Views().holder(1, -1, 0, 1).holder(2, 2 * MILLI, 0, 1).from(0);

    RouteDecision decision = router.route(request(0), none(), view, random);

    assertThat(decision.action()).isEqualTo(new Action.Forward(node(1), 1));
    assertThat(decision.considered())
        .containsExactly(
            new Considered(node(1), 2 * MILLI, "chosen"),
            new Considered(node(2), 3 * MILLI, "slower"));
  }

  @Test
  void isNotFooledByANegativeOrHugeLoad() {
    ClusterView view =
        new Views().holder(1, MILLI, Long.MIN_VALUE, 1).holder(2, MILLI, Long.MAX_VALUE, 1).from(0);

    RouteDecision decision = router.route(request(0), none(), view, random);

    assertThat(decision.considered())
        .extracting(Considered::estimateNanos)
        .containsExactly(2 * MILLI, Long.MAX_VALUE);
  }

  @Test
  void servesTheNewestVersionWhereNoneIsAskedFor() {
    ClusterView view =
        new Views().holder(0, 0, 0, 1).holder(1, MILLI, 0, 1, 2).holder(2, MILLI, 0, 1).from(0);

    assertThat(actions(request(0), view)).containsExactly(new Action.Forward(node(1), 2));
  }

  @Test
  void fallsBackToTheNextOlderVersionOnceTheNewestHasNoHolderLeft() {
    ClusterView view =
        new Views().holder(1, MILLI, 0, 3).unreachable(2, 3).holder(3, MILLI, 0, 2).from(0);
    SortedSet<NodeId> tried = new TreeSet<>(List.of(node(1)));

    RouteDecision decision = router.route(request(0), tried, view, random);

    assertThat(decision.action()).isEqualTo(new Action.Forward(node(3), 2));
    assertThat(decision.considered())
        .extracting(Considered::verdict)
        .containsExactly("tried", "unreachable", "chosen");
  }

  @Test
  void servesTheVersionAskedForThoughANewerOneExists() {
    ClusterView view = new Views().holder(1, MILLI, 0, 2).holder(2, MILLI, 0, 1, 2).from(0);

    assertThat(actions(request(1), view)).containsExactly(new Action.Forward(node(2), 1));
  }

  @Test
  void neverForwardsToANodeThatTheRequestPassed() {
    ClusterView view = new Views().holder(1, MILLI, 0, 1).holder(2, 9 * MILLI, 0, 1).from(0);
    Request passed = new Request(MODEL, 0, 100, List.of(node(1)), 3);

    assertThat(actions(passed, view)).containsExactly(new Action.Forward(node(2), 1));
  }

  @Test
  void withoutHopsLeftRunsHereEvenAnOlderVersion() {
    ClusterView view = new Views().holder(0, 0, 9 * MILLI, 1).holder(1, MILLI, 0, 2).from(0);

    assertThat(actions(new Request(MODEL, 0, 100, List.of(node(3)), 0), view))
        .containsExactly(new Action.RunHere(1));
  }

  @Test
  void withoutHopsLeftRefusesWhatItDoesNotHold() {
    ClusterView view = new Views().holder(1, MILLI, 0, 2).from(0);

    assertThat(actions(new Request(MODEL, 0, 100, List.of(node(3)), 0), view))
        .containsExactly(new Action.Refuse(Refusal.HOP_LIMIT));
  }

  @Test
  void refusesAModelOrVersionThatNobodyHolds() {
    ClusterView view = new Views().holder(1, MILLI, 0, 2).from(0);

    assertThat(actions(new Request("other", 0, 100, List.of(), 4), view))
        .containsExactly(new Action.Refuse(Refusal.NO_HOLDER));
    assertThat(actions(request(7), view)).containsExactly(new Action.Refuse(Refusal.NO_HOLDER));
  }

  @Test
  void refusesWhenAllHoldersAreOut() {
    ClusterView view = new Views().holder(0, 0, 0, 1).unreachable(1, 1).from(0);
    SortedSet<NodeId> tried = new TreeSet<>(List.of(node(0)));

    RouteDecision decision = router.route(request(0), tried, view, random);

    assertThat(decision.action()).isEqualTo(new Action.Refuse(Refusal.HOLDERS_EXHAUSTED));
    assertThat(decision.considered())
        .extracting(Considered::verdict)
        .containsExactly("tried", "unreachable");
  }

  private SortedSet<NodeId> none() {
    return new TreeSet<>();
  }

  private Request request(long version) {
    return new Request(MODEL, version, 100, List.of(), Request.DEFAULT_HOP_LIMIT);
  }

  /** The distinct actions over many draws. */
  private List<Action> actions(Request request, ClusterView view) {
    return random
        .ints(DRAWS)
        .mapToObj(seed -> router.route(request, none(), view, new Random(seed)).action())
        .distinct()
        .toList();
  }
}
