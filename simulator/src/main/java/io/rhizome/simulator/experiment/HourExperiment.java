// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * An hour of a mesh in a data centre: a little loss, every node changes its residency once a
 * minute, now and then one crashes and starts again a minute later. How fast is a crash known, is
 * anybody buried alive, and what does it cost?
 */
public final class HourExperiment implements Experiment {
  /** Most that a crash may take to be known; also how long a node is down. */
  private static final Duration DOWN = Duration.ofSeconds(60);

  /** From joined to quiet: what the joining left to be said is said. */
  private static final Duration SETTLE = Duration.ofSeconds(60);

  private final GossipConfig config;
  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param loss share of packets lost
   * @param length of what is measured
   * @param crashes spread over the length
   */
  public record Plan(int nodes, double loss, Duration length, int crashes) {
    /** As required. */
    public static Plan full() {
      return new Plan(1_000, 0.01, Duration.ofHours(1), 30);
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(1_000, 0.01, Duration.ofMinutes(5), 10);
    }
  }

  /** An experiment of that plan with that configuration. */
  public HourExperiment(GossipConfig config, Plan plan) {
    this.config = config;
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    Population population = Population.joined(seed, config, plan.nodes());
    progress.accept("joined after %.1f s".formatted(population.nowNanos() / 1e9));
    population.mesh().network().loss(plan.loss());
    ResidencyLoad.begin(population);
    population.mesh().run(SETTLE);

    FalseDeaths falseDeaths = new FalseDeaths(population, number -> true);
    Traffic traffic = new Traffic(population);
    List<CrashWatch> crashes = new ArrayList<>();
    Random random = new Random(seed);
    Duration between = plan.length().dividedBy(plan.crashes());
    population.every(
        between.dividedBy(2),
        between,
        () -> {
          int victim = draw(population, random);
          traffic.ends(victim);
          CrashWatch crash = new CrashWatch(population, victim);
          crashes.add(crash);
          population
              .mesh()
              .after(
                  DOWN,
                  () -> {
                    crash.end();
                    population.restart(victim);
                    traffic.begins(victim);
                    progress.accept(
                        "crash %d: avoided by the first after %.2f s, by all after %.2f s, dead to all after %.2f s"
                            .formatted(
                                crashes.indexOf(crash) + 1,
                                crash.avoidFirstSeconds(),
                                crash.avoidAllSeconds(),
                                crash.deadAllSeconds()));
                  });
        });
    population.mesh().run(plan.length());
    return readings(crashes, falseDeaths, traffic.rates());
  }

  private static int draw(Population population, Random random) {
    int[] running = population.running();
    return running[1 + random.nextInt(running.length - 1)];
  }

  private static List<Reading> readings(
      List<CrashWatch> crashes, FalseDeaths falseDeaths, Traffic.Rates rates) {
    List<Reading> readings = new ArrayList<>();
    add(readings, "avoid_first", crashes, CrashWatch::avoidFirstSeconds);
    add(readings, "avoid_all", crashes, CrashWatch::avoidAllSeconds);
    add(readings, "dead_first", crashes, CrashWatch::deadFirstSeconds);
    add(readings, "dead_all", crashes, CrashWatch::deadAllSeconds);
    readings.add(new Reading("crashes", crashes.size()));
    readings.add(new Reading("false_deaths", falseDeaths.count()));
    readings.add(new Reading("bytes_per_s", rates.mean()));
    readings.add(new Reading("worst_bytes_per_s", rates.worst()));
    return readings;
  }

  /** What did not happen within the time that a node is down counts as that time. */
  private static void add(
      List<Reading> readings,
      String name,
      List<CrashWatch> crashes,
      ToDoubleFunction<CrashWatch> seconds) {
    List<Double> sample = new ArrayList<>();
    for (CrashWatch crash : crashes) {
      double value = seconds.applyAsDouble(crash);
      sample.add(Double.isNaN(value) ? DOWN.toSeconds() : value);
    }
    readings.add(new Reading(name + "_s", Quantiles.median(sample)));
    readings.add(new Reading(name + "_p95_s", Quantiles.p95(sample)));
  }
}
