// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Member.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the instruments of the experiments show what is there. */
class PopulationTest {
  @Test
  void itsShareIsWhatASearchOfAllViewsGives() {
    Population population = joined(11, 12);
    assertThat(population.mutualShare()).isEqualTo(1);
    population.mesh().network().loss(0.4);
    for (int round = 0; round < 6; round++) {
      int victim = 1 + round;
      population.crash(victim);
      assertThat(population.mutualShare())
          .as("after crash %d", round)
          .isEqualTo(searched(population));
      population.mesh().run(Duration.ofSeconds(7));
      assertThat(population.mutualShare()).as("round %d", round).isEqualTo(searched(population));
      population.restart(victim);
      assertThat(population.mutualShare()).as("at start %d", round).isEqualTo(searched(population));
      population.mesh().run(Duration.ofSeconds(2));
      assertThat(population.mutualShare())
          .as("restarted %d", round)
          .isEqualTo(searched(population));
    }
  }

  @Test
  void aNodeThatOthersBuryWhileItRunsIsAFalseDeathUntilItIsBack() {
    Population population = joined(12, 8);
    FalseDeaths deaths = new FalseDeaths(population, number -> true);
    FalseDeaths elsewhere = new FalseDeaths(population, number -> number != 3);
    population.mesh().network().partition(List.of(Population.host(3)), others(population, 3));
    population.mesh().run(Duration.ofMinutes(4));

    assertThat(deaths.count()).as("seven bury one, one buries seven").isEqualTo(14);
    assertThat(deaths.standing(Duration.ofSeconds(1))).isEqualTo(14);
    assertThat(elsewhere.count()).as("among those that were not cut off").isZero();

    population.mesh().network().heal();
    population.awaitAllInUse();
    assertThat(deaths.standing(Duration.ZERO)).isZero();
    assertThat(deaths.refutedSeconds()).hasSize(14).allMatch(seconds -> seconds > 1);
  }

  @Test
  void theDeathOfACrashedNodeIsNotFalse() {
    Population population = joined(13, 8);
    FalseDeaths deaths = new FalseDeaths(population, number -> true);
    population.crash(5);
    population.mesh().run(Duration.ofMinutes(1));
    assertThat(population.node(0).statusOf(population.node(5))).isEqualTo(Status.DEAD);
    assertThat(deaths.count()).isZero();
  }

  @Test
  void aCrashIsAvoidedBeforeItIsDeadAndByOneBeforeAll() {
    Population population = joined(14, 10);
    CrashWatch crash = new CrashWatch(population, 4);
    assertThat(crash.avoidFirstSeconds()).isNaN();
    population.mesh().run(Duration.ofMinutes(1));
    assertThat(crash.avoidFirstSeconds()).isPositive().isLessThanOrEqualTo(crash.avoidAllSeconds());
    assertThat(crash.avoidAllSeconds()).isLessThanOrEqualTo(crash.deadAllSeconds());
    assertThat(crash.deadFirstSeconds()).isLessThanOrEqualTo(crash.deadAllSeconds());
    assertThat(crash.deadSeconds()).hasSize(9);
  }

  @Test
  void trafficIsWhatNodesSendAndReceivePerSecondOfTheirLives() {
    Population population = joined(15, 6);
    Traffic traffic = new Traffic(population);
    long before = bytes(population);
    population.mesh().run(Duration.ofSeconds(100));
    double expected = (bytes(population) - before) / 600.0;
    assertThat(traffic.rates().mean()).isCloseTo(expected, within(1e-6));
    assertThat(traffic.rates().worst()).isGreaterThanOrEqualTo(traffic.rates().mean());

    traffic.ends(2);
    population.crash(2);
    population.mesh().run(Duration.ofSeconds(50));
    assertThat(traffic.rates().mean()).as("one ended").isBetween(expected / 2, expected * 2);
  }

  @Test
  void residencyChangesOnceAMinuteAtEachNodeThatRuns() {
    Population population = joined(16, 5);
    population.crash(4);
    ResidencyLoad load = ResidencyLoad.begin(population);
    population.mesh().run(Duration.ofMinutes(1));
    load.end();
    for (int number = 0; number < 4; number++) {
      assertThat(population.node(number).view().member(population.node(number).id()))
          .hasValueSatisfying(self -> assertThat(self.state().models()).hasSize(1));
    }
  }

  @Test
  void aRetiredNodeIsGone() {
    Population population = joined(17, 4);
    population.retire(2);
    assertThat(population.isRunning(2)).isFalse();
    assertThat(population.mesh().nodes()).hasSize(3);
    assertThatThrownBy(() -> population.node(2)).hasMessage("n2 was retired");
    assertThat(population.startNew(1)).isEqualTo(4);
    population.awaitAllInUse();
  }

  @Test
  void theSameSeedGivesTheSameReadings() {
    Experiment experiment =
        new HourExperiment(
            GossipConfig.defaults(), new HourExperiment.Plan(10, 0.05, Duration.ofMinutes(2), 1));
    List<Reading> first = experiment.run(18, line -> {});
    assertThat(experiment.run(18, line -> {})).isEqualTo(first);
    assertThat(experiment.run(19, line -> {})).isNotEqualTo(first);
  }

  private static Population joined(long seed, int nodes) {
    return Population.joined(seed, GossipConfig.defaults(), nodes);
  }

  private static List<String> others(Population population, int number) {
    List<String> hosts = new ArrayList<>();
    for (int other : population.running()) {
      if (other != number) {
        hosts.add(Population.host(other));
      }
    }
    return hosts;
  }

  private static double searched(Population population) {
    int[] running = population.running();
    long mutual = 0;
    for (int one : running) {
      for (int other : running) {
        if (one < other && holds(population, one, other) && holds(population, other, one)) {
          mutual++;
        }
      }
    }
    return mutual / (running.length * (running.length - 1) / 2.0);
  }

  private static boolean holds(Population population, int observer, int subject) {
    Status status = population.node(observer).statusOf(population.node(subject));
    boolean usable = status != null && status.usable();
    assertThat(population.holdsInUse(observer, subject)).isEqualTo(usable);
    return usable;
  }

  private static long bytes(Population population) {
    return population.mesh().nodes().stream()
        .mapToLong(node -> node.sentBytes() + node.receivedBytes())
        .sum();
  }
}
