// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.rhizome.node.jobs.OtherSites.Offer;
import io.rhizome.node.jobs.Placement.Objective;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OffloadPlanTest {
  private static final double NO_WEIGHT = Double.POSITIVE_INFINITY;

  private static Job job(Objective objective, String from) {
    return new Job(
        new JobSpec(
            new JobId("night-1"),
            "lab",
            "digits",
            0,
            0,
            Duration.ofHours(1),
            new JobSource("", from),
            new Placement(objective, Optional.empty(), false)),
        20_000,
        0);
  }

  private static Offer offer(String site, int nodes) {
    return new Offer(site, nodes, 0, NO_WEIGHT);
  }

  private static OffloadPlan plan(Objective objective, int open, Offer... offers) {
    return OffloadPlan.of(job(objective, ""), List.of(offers), open, Set.of());
  }

  @Test
  void whatTheOwnNodesCanDoSoonStaysHere() {
    OffloadPlan plan = plan(Objective.LATENCY, 96, offer("", 3), offer("south", 3));
    assertThat(plan.elsewhere()).isEmpty();
    assertThat(plan.shares()).isEmpty();
  }

  @Test
  void othersTakeTheirShareOfWhatIsMore() {
    OffloadPlan plan =
        plan(Objective.LATENCY, 96 + 60, offer("", 3), offer("south", 2), offer("west", 1));
    assertThat(plan.elsewhere()).isEmpty();
    assertThat(plan.shares()).containsOnly(entry("south", 20), entry("west", 10));
  }

  @Test
  void noSiteIsGivenMoreThanSoMuchAtATime() {
    OffloadPlan plan = plan(Objective.LATENCY, 10_000, offer("", 1), offer("south", 1));
    assertThat(plan.shares()).containsOnly(entry("south", OffloadPlan.MOST));
    assertThat(
            OffloadPlan.of(
                    job(Objective.LATENCY, ""),
                    List.of(offer("", 1), offer("south", 1)),
                    10_000,
                    Set.of("south"))
                .shares())
        .describedAs("it works on some")
        .isEmpty();
  }

  @Test
  void whereNoNodeHereHoldsTheModelAllGoesElsewhere() {
    OffloadPlan plan = plan(Objective.LATENCY, 3, offer("south", 2));
    assertThat(plan.elsewhere()).contains("its items go to site south");
    assertThat(plan.shares()).containsOnly(entry("south", 3));
  }

  @Test
  void theLastSlicesGoElsewhereTooHoweverManySitesThereAre() {
    OffloadPlan plan = plan(Objective.LATENCY, 1, offer("south", 1), offer("west", 2));
    assertThat(plan.shares()).containsOnly(entry("south", 1), entry("west", 1));
    assertThat(plan(Objective.LATENCY, 0, offer("south", 1), offer("west", 2)).shares()).isEmpty();
  }

  @Test
  void whereNobodyHoldsItThereIsNothingToHandOver() {
    OffloadPlan plan = plan(Objective.LATENCY, 1_000);
    assertThat(plan.elsewhere()).isEmpty();
    assertThat(plan.shares()).isEmpty();
  }

  @Test
  void costKeepsToLinksWithoutAPrice() {
    Offer dear = new Offer("south", 8, 0.5, NO_WEIGHT);
    assertThat(plan(Objective.COST, 10_000, offer("", 1), dear).shares()).isEmpty();
    assertThat(plan(Objective.LATENCY, 10_000, offer("", 1), dear).shares()).isNotEmpty();
    assertThat(plan(Objective.COST, 10_000, offer("", 1), dear, offer("west", 1)).shares())
        .containsOnlyKeys("west");
    assertThat(plan(Objective.COST, 10, dear, new Offer("west", 1, 0.2, NO_WEIGHT)).shares())
        .containsOnlyKeys("west");
  }

  @Test
  void energyKeepsToTheSiteWhoseRunsWeighLeast() {
    Offer here = new Offer("", 3, 0, 2);
    Offer windy = new Offer("south", 1, 0, 1);
    OffloadPlan away = plan(Objective.ENERGY, 10, here, windy, offer("west", 9));
    assertThat(away.elsewhere()).contains("its items go to site south");
    assertThat(away.shares()).containsOnly(entry("south", 10));
    OffloadPlan home = plan(Objective.ENERGY, 10, here, offer("west", 9));
    assertThat(home.elsewhere()).isEmpty();
    assertThat(home.shares()).isEmpty();
  }

  @Test
  void whatCameFromAnotherSiteIsNotHandedOn() {
    OffloadPlan plan =
        OffloadPlan.of(
            job(Objective.LATENCY, "north"), List.of(offer("south", 1)), 1_000, Set.of());
    assertThat(plan.elsewhere()).isEmpty();
    assertThat(plan.shares()).isEmpty();
  }
}
