// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Very many nodes start at one moment and know one seed: how long until all see all? */
public final class JoinExperiment implements Experiment {
  private static final Duration STEP = Duration.ofMillis(100);

  private final GossipConfig config;
  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many, the seed included
   * @param limit after which it is given up
   */
  public record Plan(int nodes, Duration limit) {
    /** As required; there is no quicker way to see it. */
    public static Plan full() {
      return new Plan(2_000, Duration.ofMinutes(3));
    }
  }

  /** An experiment of that plan with that configuration. */
  public JoinExperiment(GossipConfig config, Plan plan) {
    this.config = config;
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    Population population = new Population(seed, config, 1);
    population.startMany(plan.nodes());
    Traffic traffic = new Traffic(population);
    int steps = 0;
    while (!population.allInUse() && population.nowNanos() < plan.limit().toNanos()) {
      population.mesh().run(STEP);
      if (++steps % 50 == 0) {
        progress.accept(
            "%.0f virtual s: share of pairs %.4f"
                .formatted(population.nowNanos() / 1e9, population.mutualShare()));
      }
    }
    return List.of(
        new Reading("join_s", population.nowNanos() / 1e9),
        new Reading("join_share", population.mutualShare()),
        new Reading("join_bytes_per_s", traffic.rates().mean()));
  }
}
