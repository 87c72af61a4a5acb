// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rhizome.scheduler.Failure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingMeshTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  @ParameterizedTest
  @ValueSource(strings = {"hot_cold", "prequal", "c3", "omniscient"})
  void theSameSeedGivesTheSameTraceAndAnotherAnother(String policy) {
    Trial trial = trial(20, 0.8);

    Tally first = trial.run(1, Policy.of(policy));

    assertThat(trial.run(1, Policy.of(policy)).hash()).isEqualTo(first.hash());
    assertThat(trial.run(2, Policy.of(policy)).hash()).isNotEqualTo(first.hash());
  }

  /** A {@link Trial} refuses where as many ended as came. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 2})
  void everyRequestEndsOnceUnderAnyLoad(double load) {
    Tally tally = trial(10, load).run(1, Policy.of("hot_cold"));

    double failed = (double) tally.failed() / tally.ends();
    // Arrivals come in bunches: now and then one finds the queue of every choice full.
    assertThat(failed).isBetween(load > 1 ? 0.3 : 0, load > 1 ? 0.6 : 0.01);
  }

  @Test
  void routersThatAreComparedMeetTheSameRequests() {
    Trial trial = trial(1, 0.5);

    Tally one = trial.run(1, Policy.of("random"));

    assertThat(trial.run(1, Policy.of("round_robin")).meanNanos())
        .as("with one server there is nothing to choose")
        .isEqualTo(one.meanNanos());
  }

  @Test
  void whatClientsAskIsTheSameWhoeverBringsItIn() {
    Trial trial = trial(3, 0.5);
    List<Long> arrived = new ArrayList<>();
    Watch watch =
        new Watch() {
          @Override
          public void onEnded(long nowNanos, Call call, Failure.@Nullable Kind failure) {
            arrived.add(call.arrivedNanos());
          }
        };
    Tally unused = trial.run(4, 9, Policy.of("random"), watch);

    Demand demand = new Demand(4, trial.plan(), trial.setup().serviceNanos(), 0);
    List<Long> drawn = new ArrayList<>();
    for (Demand.Item item = demand.next(); item != null; item = demand.next()) {
      assertThat(item.number()).isEqualTo(drawn.size());
      drawn.add(item.atNanos());
    }
    assertThat(arrived).containsExactlyInAnyOrderElementsOf(drawn);
  }

  @Test
  void hotColdStaysNearOneThatKnowsAllAndRandomDoesNot() {
    Trial trial = trial(40, 0.8);

    double best = trial.run(1, Policy.of("omniscient")).quantileNanos(0.99);

    assertThat(trial.run(1, Policy.of("hot_cold")).quantileNanos(0.99) / best).isBetween(0.9, 1.4);
    assertThat(trial.run(1, Policy.of("random")).quantileNanos(0.99) / best).isGreaterThan(1.5);
  }

  @Test
  void workersOfHalfTheSpeedTakeTwiceAsLong() {
    Setup setup = setup(List.of(new Setup.Spec(1, 0.5, Antagonist.NONE)));
    Trial trial = new Trial(setup, List.of(1.0), 0.5, false, 60 * SECOND, 0, 2_000 * SECOND);

    double mean = trial.run(1, Policy.of("random")).meanNanos();

    assertThat(mean / (200 * MILLI)).isCloseTo(1.1, within(0.1));
  }

  /** Half of the servers half as fast, all disturbed. */
  private static Trial trial(int servers, double load) {
    List<Setup.Spec> nodes = new ArrayList<>();
    double capacity = 0;
    for (int i = 0; i < servers; i++) {
      double speed = i % 2 == 0 ? 1 : 0.5;
      Antagonist disturbance = new Antagonist(0, 0.5, SECOND);
      nodes.add(new Setup.Spec(4, speed, disturbance));
      capacity += 4 * speed * disturbance.meanLeft();
    }
    List<Double> weights = Collections.nCopies(servers, 1.0);
    double perSecond = load * capacity * 10;
    return new Trial(setup(nodes), weights, perSecond, false, 2 * SECOND, SECOND, 5 * SECOND);
  }

  private static Setup setup(List<Setup.Spec> nodes) {
    return new Setup(
        nodes, (from, to) -> from == to ? 0 : MILLI, 0.2, 0, true, 64, 100 * MILLI, Setup.NO_BOARD);
  }
}
