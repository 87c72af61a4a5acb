// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.simulator.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Some nodes get no time for a while, go on for a while, and so on (the interval experiment of
 * "Lifeguard: Local Health Awareness for More Accurate Failure Detection", DSN-W 2018). How often
 * do the healthy bury the healthy, with Lifeguard and with plain SWIM, and does Lifeguard delay the
 * burial of the really dead?
 *
 * <p>Goals: counts of (observer, subject) deaths, neither ever starved, over all cells. Both
 * configurations see the same nodes starved at the same moments.
 */
public final class StarvedExperiment implements Experiment {
  private static final int[] STARVED = {1, 4, 8, 16, 32};
  private static final long[] STARVED_MILLIS = {128, 2_000, 16_000, 32_000};
  private static final long[] PAUSE_MILLIS = {64, 1_000, 16_000};

  /** Nodes that are crashed to time it start again after that. */
  private static final Duration DOWN = Duration.ofSeconds(60);

  private final GossipConfig config;
  private final GossipConfig baseline;
  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param cells the cells of C x D x I
   * @param cellLength of each, at least; whole rounds of starving and running are played
   * @param crashes by which true detection is timed
   */
  public record Plan(int nodes, List<Cell> cells, Duration cellLength, int crashes) {
    public Plan {
      cells = List.copyOf(cells);
    }

    /** As required. */
    public static Plan full() {
      return new Plan(128, cellsOf(1), Duration.ofMinutes(2), 30);
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(128, cellsOf(4), Duration.ofMinutes(1), 10);
    }
  }

  /** That many nodes at once starve for so long, then run for so long. */
  public record Cell(int starved, Duration starvedFor, Duration pause) {}

  /**
   * An experiment of that plan.
   *
   * @param config with Lifeguard
   * @param baseline plain SWIM
   */
  public StarvedExperiment(GossipConfig config, GossipConfig baseline, Plan plan) {
    this.config = config;
    this.baseline = baseline;
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    long with = 0;
    long without = 0;
    for (Cell cell : plan.cells()) {
      long seedOfCell = seed * 1_000 + plan.cells().indexOf(cell);
      long lifeguard = falseDeaths(seedOfCell, config, cell);
      long plain = falseDeaths(seedOfCell, baseline, cell);
      progress.accept(
          "%d starved for %d ms every %d ms: false deaths %d, plain SWIM %d"
              .formatted(
                  cell.starved(),
                  cell.starvedFor().toMillis(),
                  cell.pause().toMillis(),
                  lifeguard,
                  plain));
      with += lifeguard;
      without += plain;
    }
    Detection lifeguard = detection(seed, config);
    Detection plain = detection(seed, baseline);
    return List.of(
        new Reading("fp_lifeguard", with),
        new Reading("fp_baseline", without),
        new Reading("fp_ratio", without / (double) Math.max(1, with)),
        new Reading("detect_s", lifeguard.median()),
        new Reading("detect_baseline_s", plain.median()),
        new Reading("detect_ratio", lifeguard.median() / plain.median()),
        new Reading("detect_first_s", lifeguard.first()),
        new Reading("detect_first_baseline_s", plain.first()),
        new Reading("detect_all_s", lifeguard.all()),
        new Reading("detect_all_baseline_s", plain.all()));
  }

  private long falseDeaths(long seed, GossipConfig with, Cell cell) {
    Population population = Population.joined(seed, with, plan.nodes());
    Random random = new Random(seed);
    List<Integer> starved = new ArrayList<>();
    while (starved.size() < cell.starved()) {
      int number = random.nextInt(plan.nodes());
      if (!starved.contains(number)) {
        starved.add(number);
      }
    }
    FalseDeaths deaths = new FalseDeaths(population, number -> !starved.contains(number));
    Duration round = cell.starvedFor().plus(cell.pause());
    Duration played = Duration.ZERO;
    while (played.compareTo(plan.cellLength()) < 0) {
      for (int number : starved) {
        SimNode node = population.node(number);
        population.mesh().starve(node, cell.starvedFor());
      }
      population.mesh().run(round);
      played = played.plus(round);
    }
    return deaths.count();
  }

  /** Medians over crashes, in seconds; {@code median} over all observers of all crashes. */
  private record Detection(double first, double median, double all) {}

  private Detection detection(long seed, GossipConfig with) {
    Population population = Population.joined(seed, with, plan.nodes());
    Random random = new Random(seed);
    List<Double> first = new ArrayList<>();
    List<Double> each = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < plan.crashes(); i++) {
      int victim = 1 + random.nextInt(plan.nodes() - 1);
      CrashWatch crash = new CrashWatch(population, victim);
      population.mesh().run(DOWN);
      crash.end();
      first.add(within(crash.deadFirstSeconds()));
      all.add(within(crash.deadAllSeconds()));
      each.addAll(crash.deadSeconds());
      population.restart(victim);
      population.awaitAllInUse();
    }
    return new Detection(Quantiles.median(first), Quantiles.median(each), Quantiles.median(all));
  }

  /** What did not happen within the time that a node is down counts as that time. */
  private static double within(double seconds) {
    return Double.isNaN(seconds) ? DOWN.toSeconds() : seconds;
  }

  /** All cells, or one in so many: such that each C and each I comes with each D in turn. */
  private static List<Cell> cellsOf(int oneIn) {
    List<Cell> cells = new ArrayList<>();
    for (int c = 0; c < STARVED.length; c++) {
      for (int d = 0; d < STARVED_MILLIS.length; d++) {
        for (int i = 0; i < PAUSE_MILLIS.length; i++) {
          if ((c + d + 2 * i) % oneIn == 0) {
            cells.add(
                new Cell(
                    STARVED[c],
                    Duration.ofMillis(STARVED_MILLIS[d]),
                    Duration.ofMillis(PAUSE_MILLIS[i])));
          }
        }
      }
    }
    return cells;
  }
}
