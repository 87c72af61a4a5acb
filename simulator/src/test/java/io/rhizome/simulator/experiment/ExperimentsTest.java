// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.simulator.Simulation;
import io.rhizome.simulator.experiment.plain.PlainConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each experiment with few nodes: that it measures, not what the protocol reaches. */
class ExperimentsTest {
  private static final GossipConfig CONFIG = GossipConfig.defaults();
  private static final long SEED = 21;

  @Test
  void hourTimesEachCrashAndCountsBytes() {
    Map<String, Double> found =
        readings(
            new HourExperiment(
                CONFIG, new HourExperiment.Plan(12, 0.01, Duration.ofMinutes(6), 3)));
    assertThat(found).containsEntry("crashes", 3.0).containsEntry("false_deaths", 0.0);
    assertThat(found.get("avoid_first_s")).isPositive().isLessThan(found.get("dead_all_s"));
    assertThat(found.get("dead_all_s")).isLessThan(60);
    assertThat(found.get("bytes_per_s")).isPositive().isLessThan(found.get("worst_bytes_per_s"));
  }

  @Test
  void churnFindsTheLowestShareOfPairs() {
    Map<String, Double> found =
        readings(
            new ChurnExperiment(
                CONFIG,
                new ChurnExperiment.Plan(
                    20, 0.3, 0.1, Duration.ofMinutes(3), Duration.ofSeconds(30))));
    assertThat(found.get("seen_share_min")).isBetween(0.5, 0.9999);
    assertThat(found.get("seen_share_mean")).isGreaterThan(found.get("seen_share_min"));
    assertThat(found).containsKeys("churn_false_deaths", "refuted_max_s", "permanent_deaths");
  }

  @Test
  void rapidSeesTheFaultyChangeTheirState() {
    Map<String, Double> found =
        readings(
            new RapidExperiment(CONFIG, new RapidExperiment.Plan(14, 2, Duration.ofMinutes(2))));
    assertThat(found.get("flaps_unheard")).as("at the least suspected, then buried").isPositive();
    assertThat(found.get("flaps")).isGreaterThanOrEqualTo(found.get("flaps_unheard"));
    assertThat(found).containsEntry("healthy_lost", 0.0);
  }

  @Test
  void starvedComparesWithPlainSwim() {
    List<StarvedExperiment.Cell> cells =
        List.of(new StarvedExperiment.Cell(8, Duration.ofSeconds(16), Duration.ofSeconds(1)));
    Map<String, Double> found =
        readings(
            new StarvedExperiment(
                CONFIG,
                PlainConfig.baseline(),
                new StarvedExperiment.Plan(16, cells, Duration.ofSeconds(30), 2)));
    double baseline = found.getOrDefault("fp_baseline", -1.0);
    double lifeguard = found.getOrDefault("fp_lifeguard", -1.0);
    assertThat(baseline).isPositive().isGreaterThanOrEqualTo(lifeguard);
    assertThat(found).containsEntry("fp_ratio", baseline / Math.max(1, lifeguard));
    assertThat(found.get("detect_s")).isBetween(1.0, 60.0);
    assertThat(found.get("detect_baseline_s")).isBetween(1.0, 60.0);
    assertThat(found.get("detect_first_s")).isLessThanOrEqualTo(found.get("detect_all_s"));
  }

  @Test
  void joinEndsWhenAllSeeAll() {
    Map<String, Double> found =
        readings(new JoinExperiment(CONFIG, new JoinExperiment.Plan(20, Duration.ofMinutes(1))));
    assertThat(found).containsEntry("join_share", 1.0);
    assertThat(found.get("join_s")).isBetween(0.05, 59.0);
  }

  @Test
  void joinIsGivenUpAtItsLimit() {
    Map<String, Double> found =
        readings(new JoinExperiment(CONFIG, new JoinExperiment.Plan(20, Duration.ofMillis(100))));
    assertThat(found.get("join_share")).isLessThan(1);
    assertThat(found).containsEntry("join_s", 0.1);
  }

  @Test
  void dayComparesItsLastQuarterWithItsSecond() {
    DayExperiment.Plan plan =
        new DayExperiment.Plan(8, 0.01, 4, Duration.ofMinutes(2), 4, Duration.ofMinutes(4));
    Map<String, Double> found = readings(new DayExperiment(CONFIG, plan, new RisingMeter()));
    assertThat(found).containsEntry("resurrections", 0.0).containsEntry("day_heap_ratio", 2.0);
    assertThat(found.get("day_bytes_ratio")).isBetween(0.5, 1.5);
  }

  @Test
  void aReplacedIdentityThatComesBackIsAResurrection() {
    Population population = Population.joined(SEED, CONFIG, 5);
    DayExperiment.Resurrections resurrections = new DayExperiment.Resurrections(population);
    resurrections.crash(3);
    population.mesh().run(Duration.ofMinutes(1));
    assertThat(resurrections.count()).isZero();
    String host = Population.host(3);
    population.mesh().start(host, Simulation.stateOf(host), List.of(population.node(0).endpoint()));
    population.mesh().run(Duration.ofSeconds(30));
    assertThat(resurrections.count()).as("by each of the four others").isEqualTo(4);
  }

  @Test
  void partitionTimesTheWayBackToOneView() {
    Map<String, Double> found =
        readings(
            new PartitionExperiment(
                CONFIG, new PartitionExperiment.Plan(12, Duration.ofMinutes(4))));
    assertThat(found.get("heal_s")).isBetween(0.001, 179.0);
    assertThat(found.get("heal_after_contact_s")).isLessThanOrEqualTo(found.get("heal_s"));
    assertThat(found).containsEntry("ghosts", 0.0);
  }

  @Test
  void linksCountNoRelayAsTheWholeTimeThatTheLinkIsBroken() {
    Map<String, Double> found =
        readings(new LinksExperiment(CONFIG, new LinksExperiment.Plan(8, 1)));
    assertThat(found.get("relay_s")).isPositive().isLessThanOrEqualTo(300);
    assertThat(found).containsEntry("link_deaths", 0.0);
  }

  @Test
  void restartFindsWhoIsHeldDeadWhileItRuns() {
    Population population = Population.joined(SEED, CONFIG, 6);
    assertThat(RestartExperiment.staleDeaths(population)).isZero();
    for (int number = 1; number < 6; number++) {
      population.mesh().network().cutOneWay(Population.host(0), Population.host(number));
    }
    population.mesh().run(Duration.ofMinutes(1));
    assertThat(RestartExperiment.staleDeaths(population)).isGreaterThanOrEqualTo(5);
  }

  @Test
  void restartFindsFormerLivesInUse() {
    Population population = Population.joined(SEED, CONFIG, 6);
    population.mesh().network().partition(List.of(Population.host(2)), List.of(Population.host(4)));
    for (int other : new int[] {0, 1, 3, 5}) {
      population
          .mesh()
          .network()
          .partition(List.of(Population.host(2)), List.of(Population.host(other)));
    }
    population.crash(2);
    population.restart(2);
    population.mesh().run(Duration.ofMillis(100));
    assertThat(RestartExperiment.ghosts(population)).isEqualTo(5);
  }

  @Test
  void restartPlaysAllAndHalf() {
    RestartExperiment.Plan plan =
        new RestartExperiment.Plan(10, List.of(Duration.ofMillis(500), Duration.ofSeconds(5)));
    Map<String, Double> found = readings(new RestartExperiment(CONFIG, plan));
    assertThat(found).containsOnlyKeys("stale_deaths", "restart_ghosts", "restart_share_min");
    assertThat(found.get("restart_share_min")).isBetween(0.0, 1.0);
  }

  @Test
  void speedIsVirtualTimeOverRealTime() {
    SpeedExperiment.Plan plan =
        new SpeedExperiment.Plan(6, 0.01, Duration.ofSeconds(10), Duration.ofSeconds(10), 3);
    Map<String, Double> found = readings(new SpeedExperiment(CONFIG, plan, new RisingMeter()));
    assertThat(found).containsEntry("speed_1000", 10.0);
    assertThat(found.get("events_per_s")).isGreaterThan(found.get("packets_per_s"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theCatalogueHasAllThatItNames(boolean quick) {
    for (String name : Catalogue.NAMES) {
      assertThat(Catalogue.experiment(name, quick, new RisingMeter())).as(name).isNotNull();
    }
    assertThatThrownBy(() -> Catalogue.experiment("night", quick, new RisingMeter()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no experiment 'night', one of hour, ");
  }

  @Test
  void starvedHasSixtyCellsAndAQuarterOfThemForAGlance() {
    assertThat(StarvedExperiment.Plan.full().cells()).hasSize(60).doesNotHaveDuplicates();
    assertThat(StarvedExperiment.Plan.quick().cells())
        .hasSize(15)
        .isSubsetOf(StarvedExperiment.Plan.full().cells());
  }

  private static Map<String, Double> readings(Experiment experiment) {
    Map<String, Double> found = new LinkedHashMap<>();
    for (Reading reading : experiment.run(SEED, line -> {})) {
      assertThat(found.put(reading.name(), reading.value())).as(reading.name()).isNull();
    }
    return found;
  }

  /** A second passes between two looks at the clock; each collection leaves a megabyte more. */
  private static final class RisingMeter implements Meter {
    private long seconds;
    private long megabytes;

    @Override
    public long nanos() {
      return 1_000_000_000L * seconds++;
    }

    @Override
    public long liveHeapBytes() {
      return 1_000_000L * ++megabytes;
    }
  }
}
