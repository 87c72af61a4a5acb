// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
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

class HotColdTest {
  private static final long SECOND = 1_000 * MILLI;
  private static final long LONG_AGO = 300 * MILLI;

  private final Router router = new HotCold();
  private final Random random = new Random(1);

  @Test
  void choosesAsInTheExample() {
    Views views =
        new Views()
            .holder(1, 2 * MILLI, 10 * MILLI, 1)
            .holder(2, 5 * MILLI, 0, 1)
            .holder(at(bare(3), MILLI, new Load(9, 4, 2 * MILLI, MILLI)), 1);
    for (int i = 4; i <= 7; i++) {
      views.holder(i, 20 * MILLI, 0, 1);
    }

    RouteDecision decision = decide(views.from(0));

    assertThat(Draws.number(decision)).isEqualTo(2);
    assertThat(decision.considered())
        .filteredOn(considered -> considered.verdict().equals("hot"))
        .extracting(Considered::node)
        .containsExactly(node(3));
    assertThat(Draws.counts(router, views.from(0), 50)).containsOnlyKeys(2);
  }

  @Test
  void takesTheLeastOfNetworkQueueAndServiceTogether() {
    Views views =
        new Views()
            .holder(at(bare(1), 2 * MILLI, new Load(0, 8, 0, 9 * MILLI)), 1)
            .holder(at(bare(2), 2 * MILLI, new Load(0, 8, 9 * MILLI, MILLI)), 1)
            .holder(at(bare(3), 9 * MILLI, new Load(0, 8, 0, MILLI)), 1);

    assertThat(Draws.counts(router, views.from(0), 50)).containsOnlyKeys(3);
  }

  @Test
  void leavesAloneWhomOthersMayFillMeanwhile() {
    Views views =
        new Views()
            .holder(at(bare(1), MILLI, new Load(7, 8, 0, 10 * MILLI)), 1)
            .holder(at(bare(2), MILLI, new Load(1, 8, 0, 12 * MILLI)), 1);

    RouteDecision decision = decide(views.from(0));

    assertThat(Draws.number(decision)).isEqualTo(2);
    assertThat(decision.considered())
        .extracting(Considered::verdict)
        .containsExactly("chosen", "busier");
  }

  @Test
  void triesNoneOfManyThatItKnowsNothingOfWhileItKnowsTwo() {
    Views views = views(1_000);
    for (int i = 1; i <= 2; i++) {
      views.holder(at(bare(i), 50 * MILLI, new Load(8, 8, 9 * MILLI, MILLI)), 1);
      router.onLoad(0, MODEL, node(i), new Load(8, 8, 9 * MILLI, MILLI));
    }

    assertThat(Draws.counts(router, views.from(0), 50)).containsOnlyKeys(1, 2);
  }

  @Test
  void runsHereOnATie() {
    Views views = new Views().holder(0, 0, MILLI, 1).holder(1, MILLI, 0, 1).holder(2, MILLI, 0, 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(0);
  }

  @Test
  void spreadsOverEqualHolders() {
    assertThat(Draws.counts(router, views(4).from(0), 4_000).values())
        .hasSize(4)
        .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
  }

  @Test
  void isNotHotWhileItHasRoom() {
    Views views = new Views().holder(at(bare(1), MILLI, new Load(7, 8, 0, MILLI)), 1);
    for (int i = 2; i <= 8; i++) {
      views.holder(i, 120 * MILLI, 0, 1);
    }

    assertThat(Draws.counts(router, views.from(0), 50))
        .describedAs("busier than all others, and yet much sooner")
        .containsOnlyKeys(1);
  }

  @Test
  void avoidsTheNumberOfHotOnesThatItsQuantileSays() {
    Views views = new Views();
    for (int i = 1; i <= 10; i++) {
      views.holder(at(bare(i), MILLI, new Load(8 + i, 8, (11 - i) * MILLI, MILLI)), 1);
    }

    assertThat(Draws.counts(router, views.from(0), 50))
        .describedAs("9 of 10 are cold, as the quantile is a node's: 10 is hot")
        .containsOnlyKeys(9);
    assertThat(
            Draws.counts(router.with(Draws.parameters("hot_quantile", "0.5")), views.from(0), 50))
        .containsOnlyKeys(5);
    assertThatThrownBy(() -> router.with(Draws.parameters("hot_quantile", "84")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("router 'hot_cold': hot_quantile must be a number from 0.0 to 1.0, not '84'");
  }

  @Test
  void asksTwoThatWereNotHeardOfLatelyNeverItselfNorWhomItChose() {
    Views views = new Views().holder(0, 0, 9 * MILLI, 1);
    for (int i = 1; i <= 6; i++) {
      views.holder(with(bare(i), 0, i <= 4 ? LONG_AGO : MILLI), 1);
    }
    SortedSet<NodeId> asked = new TreeSet<>();

    for (int i = 0; i < 100; i++) {
      RouteDecision decision = decide(views.from(0));
      assertThat(decision.ask())
          .hasSizeLessThanOrEqualTo(2)
          .doesNotHaveDuplicates()
          .doesNotContain(decision.considered().get(0).node());
      asked.addAll(decision.ask());
    }

    assertThat(asked).containsExactlyInAnyOrder(node(1), node(2), node(3), node(4));
  }

  @Test
  void looksAtFewOfManyAndAmongThemAtItselfAndWhomItHeardOf() {
    Views views = views(1_000).holder(0, 0, 50 * MILLI, 1);
    for (int i = 1; i <= 40; i++) {
      router.onLoad(0, MODEL, node(i), Load.UNKNOWN);
    }

    List<NodeId> considered = considered(decide(views.from(0)));

    assertThat(considered).hasSizeLessThanOrEqualTo(1 + 16).contains(node(0));
    for (int i = 25; i <= 40; i++) {
      assertThat(considered).contains(node(i));
    }
  }

  @Test
  void findsAFastOneOfManyOnceItHeardOfIt() {
    Views views = views(1_000).holder(77, MILLI / 2, 0, 1);

    router.onLoad(0, MODEL, node(77), Load.UNKNOWN);

    assertThat(Draws.counts(router, views.from(0), 50)).containsOnlyKeys(77);
    assertThat(Draws.counts(router, views.at(SECOND + 1).from(0), 200))
        .describedAs("a second later that is forgotten")
        .hasSizeGreaterThan(50);
  }

  @Test
  void forgetsOneOfManyThatDidNotAnswer() {
    Views views = views(1_000).holder(77, MILLI / 2, 0, 1);
    router.onLoad(0, MODEL, node(77), Load.UNKNOWN);

    router.onOutcome(0, Draws.REQUEST, new Outcome(node(77), Failure.Kind.SILENT, SECOND, null));

    assertThat(Draws.counts(router, views.from(0), 200)).hasSizeGreaterThan(50);
  }

  @Test
  void usesWhatItHeardOfOneOfManyForOneRequestOnly() {
    ClusterView view = views(1_000).holder(77, MILLI / 2, 0, 1).from(0);
    router.onLoad(0, MODEL, node(77), Load.UNKNOWN);
    List<Integer> sent = new ArrayList<>();

    for (int i = 0; i < 100; i++) {
      sent.add(Draws.send(router, view, random));
    }

    assertThat(sent.get(0)).isEqualTo(77);
    assertThat(sent).filteredOn(holder -> holder == 77).hasSizeLessThan(4);
  }

  @Test
  void learnsOfOneModelNothingForAnother() {
    Views views = views(1_000).holder(77, MILLI / 2, 0, 1);

    router.onLoad(0, "other", node(77), Load.UNKNOWN);

    assertThat(Draws.counts(router, views.from(0), 200)).hasSizeGreaterThan(50);
  }

  @Test
  void sharesNothingWithItsLikeOfOtherParameters() {
    Views views = views(1_000).holder(77, MILLI / 2, 0, 1);
    router.onLoad(0, MODEL, node(77), Load.UNKNOWN);

    Router other = router.with(Draws.parameters("hot_quantile", "0.9"));

    assertThat(Draws.counts(other, views.from(0), 200)).hasSizeGreaterThan(50);
  }

  private RouteDecision decide(ClusterView view) {
    return router.route(Draws.REQUEST, view, random);
  }

  private static List<NodeId> considered(RouteDecision decision) {
    return decision.considered().stream().map(Considered::node).toList();
  }

  /** That many holders, just heard of. */
  private static Views views(int holders) {
    Views views = new Views();
    for (int i = 1; i <= holders; i++) {
      NodeView holder = bare(i);
      views.holder(holder, 1);
    }
    return views;
  }
}
