// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Candidates where a {@code Route} has an objective other than latency. */
class ObjectiveTest {
  private static final Place BERLIN = new Place("eu", "berlin", "core", "de", 3);
  private static final Place PARIS = new Place("eu", "paris", "edge", "fr", 1);

  @Test
  void areOnlyThoseThatTheCheapestLinkLeadsToWhereCostIsTheObjective() {
    RouteRules cost =
        new RouteRules(List.of(), List.of(), 0, new TreeMap<>(), true, false, false, "");
    Views views =
        new Views()
            .holder(with(bare(1), PARIS.withPrice(0.09)), 1)
            .holder(with(bare(2), PARIS.withPrice(0.02)), 1)
            .holder(with(bare(3), BERLIN.withPrice(0.02)), 1)
            .rules(cost);

    assertThat(ids(Candidates.of(request(), views.from(0)))).containsExactly(node(2), node(3));
    assertThat(ids(Candidates.of(tried(2, 3), views.from(0))))
        .describedAs("dear is better than nowhere")
        .containsExactly(node(1));
    assertThat(Candidates.of(request(), views.from(0)).objection(with(bare(1), PARIS.withPrice(1))))
        .isEqualTo("objective cost: 1.00 per GB, others 0.02");
  }

  @Test
  void areOnlyThoseWhereARunWeighsLeastWhereEnergyIsTheObjective() {
    Views views =
        new Views()
            .holder(with(bare(1), PARIS.withEnergyWeight(400)), 1)
            .holder(with(bare(2), BERLIN.withEnergyWeight(50)), 1)
            .holder(with(bare(3), PARIS.withEnergyWeight(50)), 1)
            .holder(with(bare(4), PARIS), 1)
            .rules(energy(false));

    Candidates candidates = Candidates.of(request(), views.from(0));

    assertThat(ids(candidates)).containsExactly(node(2), node(3));
    assertThat(candidates.objection(with(bare(1), PARIS.withEnergyWeight(400))))
        .isEqualTo("objective energy: weight 400.00, others 50.00");
    assertThat(candidates.objection(with(bare(4), PARIS)))
        .isEqualTo("objective energy: its site has no energyWeight");
    assertThat(ids(Candidates.of(tried(2, 3), views.from(0))))
        .describedAs("heavy is better than nowhere")
        .containsExactly(node(1));
    assertThat(ids(Candidates.of(tried(1, 2, 3), views.from(0))))
        .describedAs("so is where nobody knows")
        .containsExactly(node(4));
  }

  @Test
  void areAllWhereEnergyIsTheObjectiveAndNoSiteSaysWhatARunWeighs() {
    Views views =
        new Views().holder(with(bare(1), PARIS), 1).holder(bare(2), 1).rules(energy(false));

    assertThat(ids(Candidates.of(request(), views.from(0)))).containsExactly(node(1), node(2));
  }

  @Test
  void areTheLightestOfTheCheapestWhereBothAreObjectives() {
    Views views =
        new Views()
            .holder(with(bare(1), PARIS.withPrice(0.09).withEnergyWeight(10)), 1)
            .holder(with(bare(2), PARIS.withPrice(0.02).withEnergyWeight(90)), 1)
            .holder(with(bare(3), BERLIN.withPrice(0.02).withEnergyWeight(60)), 1)
            .rules(energy(true));

    assertThat(ids(Candidates.of(request(), views.from(0)))).containsExactly(node(3));
  }

  private static RouteRules energy(boolean andCost) {
    return new RouteRules(List.of(), List.of(), 0, new TreeMap<>(), andCost, true, false, "");
  }

  private static Request request() {
    return Request.entering(MODEL, 0, 100);
  }

  private static Request tried(int... nodes) {
    SortedSet<NodeId> tried = new TreeSet<>();
    for (int number : nodes) {
      tried.add(node(number));
    }
    return request().withPath(Request.Path.ENTRY.withTried(tried));
  }

  private static List<NodeId> ids(Candidates candidates) {
    return candidates.all().stream().map(NodeView::id).toList();
  }
}
