// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PrequalTest {
  private static final long SECOND = 1_000 * MILLI;

  private final Router router = new Prequal();
  private final Random random = new Random(1);

  @Test
  void asksThreeRandomHoldersWithEachRequest() {
    ClusterView view = views(100).from(0);
    SortedSet<NodeId> asked = new TreeSet<>();

    for (int i = 0; i < 300; i++) {
      List<NodeId> ask = router.route(Draws.REQUEST, view, random).ask();
      assertThat(ask).hasSize(3).doesNotHaveDuplicates();
      asked.addAll(ask);
    }

    assertThat(asked).hasSizeGreaterThan(95);
  }

  @Test
  void asksAsManyAsItIsToldAndNeverItself() {
    Router five = router.with(Draws.parameters("probes", "5"));
    ClusterView view = views(6).holder(0, 0, 0, 1).from(0);

    for (int i = 0; i < 50; i++) {
      assertThat(five.route(Draws.REQUEST, view, random).ask())
          .hasSizeBetween(4, 5)
          .doesNotContain(node(0));
    }
  }

  @Test
  void choosesAtRandomUntilItHeardOfTwo() {
    ClusterView view = views(100).from(0);
    assertThat(Draws.counts(router, view, 500)).hasSizeGreaterThan(90);

    heard(0, 1, 0, 5);
    assertThat(Draws.counts(router, view, 500)).hasSizeGreaterThan(90);

    heard(0, 2, 0, 6);
    assertThat(Draws.counts(router, view, 50)).containsOnlyKeys(1);
  }

  @Test
  void takesTheColdOneOfLeastLatencyWhateverTheNetwork() {
    Views views = views(100).holder(2, 200 * MILLI, 0, 1);
    heard(0, 1, 3, 7);
    heard(0, 2, 3, 5);
    heard(0, 3, 1, 9);

    assertThat(Draws.counts(router, views.from(0), 50)).containsOnlyKeys(2);
  }

  @Test
  void avoidsTheHotOneThoughItWouldBeSooner() {
    for (int i = 1; i <= 9; i++) {
      heard(0, i, 1, 10 + i);
    }
    heard(0, 10, 50, 1);

    RouteDecision decision = router.route(Draws.REQUEST, views(100).from(0), random);

    assertThat(Draws.number(decision)).isEqualTo(1);
    assertThat(decision.considered())
        .filteredOn(considered -> considered.verdict().equals("hot"))
        .extracting(Considered::node)
        .containsExactly(node(10));
  }

  @Test
  void whereAllAreHotTakesTheOneOfFewestInFlight() {
    // Long ago all had little to do, and so the quantile is low.
    for (int i = 1; i <= 100; i++) {
      heard(0, i, 1, 1);
    }
    heard(2 * SECOND, 1, 30, 1);
    heard(2 * SECOND, 2, 20, 9);

    assertThat(Draws.counts(router, views(100).at(2 * SECOND).from(0), 50)).containsOnlyKeys(2);
  }

  @Test
  void countsWhatItSentItself() {
    for (int i = 1; i <= 8; i++) {
      heard(0, i, 0, i == 1 ? 1 : 5);
    }
    ClusterView view = views(20).from(0);

    assertThat(Draws.send(router, view, random)).isEqualTo(1);

    // One in flight, which is more than the quantile: hot.
    assertThat(Draws.send(router, view, random)).isNotEqualTo(1);
  }

  @Test
  void forgetsAnswersAfterASecondOrAsLongAsItIsTold() {
    Router shorter = router.with(Draws.parameters("max_age_ms", "100"));
    for (Router each : List.of(router, shorter)) {
      for (int i = 1; i <= 4; i++) {
        each.onLoad(0, MODEL, node(i), new Load(0, 8, 0, i * MILLI));
      }
    }

    assertThat(Draws.counts(shorter, views(100).at(100 * MILLI).from(0), 50)).hasSize(1);
    assertThat(Draws.counts(shorter, views(100).at(101 * MILLI).from(0), 50))
        .hasSizeGreaterThan(20);
    assertThat(Draws.counts(router, views(100).at(SECOND).from(0), 50)).hasSize(1);
    assertThat(Draws.counts(router, views(100).at(SECOND + 1).from(0), 50)).hasSizeGreaterThan(20);
  }

  @Test
  void usesAnAnswerOnceOrTwiceWhereHoldersAreMany() {
    ClusterView view = views(1_000).from(0);
    int uses = 0;
    for (int round = 0; round < 200; round++) {
      long now = round;
      heard(now, 1, 0, 1);
      heard(now, 2, 0, 3);
      heard(now, 3, 0, 3);
      for (int i = 0; i < 3; i++) {
        uses += Draws.send(router, view, random) == 1 ? 1 : 0;
      }
    }

    // b = 2 / ((1 - 16/1000) * 3 - 1) = 1.02, but once sent to it is hot while others are not.
    assertThat(uses).isBetween(195, 225);
  }

  @Test
  void removesTheOldestAndTheWorstInTurn() {
    ClusterView view = views(1_000).from(0);
    for (int i = 1; i <= 16; i++) {
      heard(i, i, i == 5 ? 40 : 0, 100 - i);
    }

    // Chosen are 16, 15, ...; the oldest is 1 and then 2, the worst 5, which is hot.
    Draws.send(router, view, random);
    assertThat(pool(view)).doesNotContain(1).contains(2, 5);
    Draws.send(router, view, random);
    assertThat(pool(view)).doesNotContain(5).contains(2);
    Draws.send(router, view, random);
    assertThat(pool(view)).doesNotContain(2).contains(3);
  }

  @Test
  void forgetsOneThatDidNotAnswer() {
    for (int i = 1; i <= 4; i++) {
      heard(0, i, 0, i);
    }

    router.onOutcome(0, Draws.REQUEST, new Outcome(node(1), Failure.Kind.SILENT, SECOND, null));

    assertThat(Draws.counts(router, views(100).from(0), 50)).containsOnlyKeys(2);
  }

  @Test
  void knowsItsOwnLoadWithoutAsking() {
    Views views = views(100).holder(at(bare(0), 0, new Load(0, 8, 0, MILLI)), 1);
    heard(0, 1, 0, 2);

    assertThat(Draws.counts(router, views.from(0), 50)).containsOnlyKeys(0);
  }

  @Test
  void refusesParametersThatAreOutOfRange() {
    assertThatThrownBy(() -> router.with(Draws.parameters("quantile", "-0.1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("router 'prequal': quantile must be a number from 0.0 to 1.0, not '-0.1'");
    assertThatThrownBy(() -> router.with(Draws.parameters("probe", "3")))
        .hasMessage(
            "router 'prequal' has no parameter 'probe'; it has [max_age_ms, probes, quantile]");
  }

  private static Views views(int holders) {
    Views views = new Views();
    for (int i = 1; i <= holders; i++) {
      views.holder(i, MILLI, 0, 1);
    }
    return views;
  }

  private void heard(long now, int holder, int inFlight, int latencyMillis) {
    router.onLoad(now, MODEL, node(holder), new Load(inFlight, 8, 0, latencyMillis * MILLI));
  }

  /** The numbers of those that are looked at. */
  private List<Integer> pool(ClusterView view) {
    List<Integer> numbers = new ArrayList<>();
    for (Considered one : router.route(Draws.REQUEST, view, random).considered()) {
      numbers.add(Draws.number(one.node()));
    }
    return numbers;
  }
}
