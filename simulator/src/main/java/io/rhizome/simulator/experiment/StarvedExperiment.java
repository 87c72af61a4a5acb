// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.simulator.experiment.plain.PlainConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Some nodes process their messages late: for a while all that they send and all that reaches them
 * waits, while their timers go on; then all runs for a while, and so on (the interval experiment of
 * "Lifeguard: Local Health Awareness for More Accurate Failure Detection", DSN-W 2018). How often
 * do the healthy bury the healthy, here and with plain SWIM, and does that delay the burial of the
 * really dead?
 *
 * <p>Goals: counts of (observer, subject) deaths, neither ever starved, over all cells. Both see as
 * many rounds with the same nodes starved at the same moments, through drivers that hold packets
 * back alike.
 *
 * <p>Why the timers go on: a process that stops as a whole harms nobody healthy with plain SWIM
 * either. It says that it suspects before its suspicion can end, and the refutation is everywhere
 * when it declares the death. Who goes on suspecting and burying while nothing goes out says both
 * at once, and those who hear the death first believe it.
 */
public final class StarvedExperiment implements Experiment {
  private static final int[] STARVED = {1, 4, 8, 16, 32};
  private static final long[] STARVED_MILLIS = {128, 2_000, 16_000, 32_000};
  private static final long[] PAUSE_MILLIS = {64, 1_000, 16_000};

  /** Nodes that are crashed to time it start again after that. */
  private static final Duration DOWN = Duration.ofSeconds(60);

  private final GossipConfig config;
  private final PlainBaseline baseline;
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

  /** That many nodes at once are starved for so long, then run for so long. */
  public record Cell(int starved, Duration starvedFor, Duration pause) {}

  /**
   * An experiment of that plan.
   *
   * @param config of our membership
   * @param baseline of plain SWIM
   */
  public StarvedExperiment(GossipConfig config, PlainConfig baseline, Plan plan) {
    this.config = config;
    this.baseline = new PlainBaseline(baseline, plan.nodes());
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    long with = 0;
    long without = 0;
    for (Cell cell : plan.cells()) {
      long seedOfCell = seed * 1_000 + plan.cells().indexOf(cell);
      List<Integer> starved = starved(seedOfCell, cell);
      int rounds = rounds(cell);
      long lifeguard = falseDeaths(seedOfCell, starved, cell, rounds);
      long plain = baseline.falseDeaths(seedOfCell, starved, cell, rounds);
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
    Detection lifeguard = detection(seed);
    Detection plain = plainDetection(seed);
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

  private List<Integer> starved(long seed, Cell cell) {
    Random random = new Random(seed);
    List<Integer> starved = new ArrayList<>();
    while (starved.size() < cell.starved()) {
      int number = random.nextInt(plan.nodes());
      if (!starved.contains(number)) {
        starved.add(number);
      }
    }
    return starved;
  }

  /** How many rounds last as long as a cell at least. */
  private int rounds(Cell cell) {
    long round = cell.starvedFor().plus(cell.pause()).toNanos();
    return (int) ((plan.cellLength().toNanos() + round - 1) / round);
  }

  private long falseDeaths(long seed, List<Integer> starved, Cell cell, int rounds) {
    Population population = Population.joined(seed, config, plan.nodes());
    FalseDeaths deaths = new FalseDeaths(population, number -> !starved.contains(number));
    for (int round = 0; round < rounds; round++) {
      for (int number : starved) {
        population.mesh().stall(population.node(number), cell.starvedFor());
      }
      population.mesh().run(cell.starvedFor().plus(cell.pause()));
    }
    return deaths.count();
  }

  /** Medians over crashes, in seconds; {@code median} over all observers of all crashes. */
  private record Detection(double first, double median, double all) {}

  private Detection detection(long seed) {
    Population population = Population.joined(seed, config, plan.nodes());
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

  private Detection plainDetection(long seed) {
    Random random = new Random(seed);
    List<Double> first = new ArrayList<>();
    List<Double> each = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < plan.crashes(); i++) {
      int victim = 1 + random.nextInt(plan.nodes() - 1);
      List<Double> dead = baseline.deadSeconds(seed * 1_000 + i, victim, DOWN);
      first.add(dead.isEmpty() ? within(Double.NaN) : dead.get(0));
      all.add(within(dead.size() < plan.nodes() - 1 ? Double.NaN : dead.get(dead.size() - 1)));
      each.addAll(dead);
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
