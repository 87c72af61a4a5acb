// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A mesh on very bad links that loses a part of its nodes every minute; each starts again a minute
 * later. Do those that run hold one another in use, and are the wrongly buried soon back?
 */
public final class ChurnExperiment implements Experiment {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** A false death that stands for longer is permanent. */
  private static final Duration REFUTED_BY_THEN = Duration.ofSeconds(10);

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final GossipConfig config;
  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param loss share of packets lost
   * @param churn share of the nodes that crash in a minute
   * @param length of the churn, its first minute not measured
   * @param tail without crashes but with loss, after which false deaths must be taken back
   */
  public record Plan(int nodes, double loss, double churn, Duration length, Duration tail) {
    /** As required. */
    public static Plan full() {
      return new Plan(1_000, 0.30, 0.05, Duration.ofMinutes(5), Duration.ofSeconds(30));
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(1_000, 0.30, 0.05, Duration.ofMinutes(3), Duration.ofSeconds(30));
    }
  }

  /** An experiment of that plan with that configuration. */
  public ChurnExperiment(GossipConfig config, Plan plan) {
    this.config = config;
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    Population population = Population.joined(seed, config, plan.nodes());
    progress.accept("joined after %.1f s".formatted(population.nowNanos() / 1e9));
    population.mesh().network().loss(plan.loss());
    FalseDeaths falseDeaths = new FalseDeaths(population, number -> true);
    Random random = new Random(seed);
    Deque<Integer> down = new ArrayDeque<>();
    Duration between = MINUTE.dividedBy(Math.max(1, Math.round(plan.nodes() * plan.churn())));
    for (Duration at = between; at.compareTo(plan.length()) < 0; at = at.plus(between)) {
      population.mesh().after(at, () -> crashOne(population, random, down));
      population.mesh().after(at.plus(MINUTE), () -> population.restart(down.removeFirst()));
    }
    population.mesh().run(MINUTE);
    Share share = new Share(population);
    population.every(SECOND, SECOND, share::sample);
    population.every(
        MINUTE,
        MINUTE,
        () ->
            progress.accept(
                "share of pairs %.4f, lowest %.4f; false deaths %d"
                    .formatted(population.mutualShare(), share.lowest, falseDeaths.count())));
    population.mesh().run(plan.length().minus(MINUTE));
    Share whileChurning = share.copy();
    population.mesh().run(plan.tail());
    List<Double> refuted = falseDeaths.refutedSeconds();
    return List.of(
        new Reading("seen_share_min", whileChurning.lowest),
        new Reading("seen_share_mean", whileChurning.sum / Math.max(1, whileChurning.samples)),
        new Reading("churn_false_deaths", falseDeaths.count()),
        new Reading("refuted_median_s", Quantiles.median(refuted)),
        new Reading("refuted_max_s", Quantiles.worst(refuted)),
        new Reading("permanent_deaths", falseDeaths.standing(REFUTED_BY_THEN)));
  }

  private static void crashOne(Population population, Random random, Deque<Integer> down) {
    int[] running = population.running();
    int victim = running[1 + random.nextInt(running.length - 1)];
    population.crash(victim);
    down.addLast(victim);
  }

  /** The share of pairs over time. */
  private static final class Share {
    private final Population population;
    private double lowest = 1;
    private double sum;
    private long samples;

    Share(Population population) {
      this.population = population;
    }

    void sample() {
      double now = population.mutualShare();
      lowest = Math.min(lowest, now);
      sum += now;
      samples++;
    }

    Share copy() {
      Share copy = new Share(population);
      copy.lowest = lowest;
      copy.sum = sum;
      copy.samples = samples;
      return copy;
    }
  }
}
