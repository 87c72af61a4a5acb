// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.Member.Status;
import io.rhizome.simulator.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All nodes, or half of them, crash at one moment and start again at another, some time later:
 * before anybody noticed, while they are suspected, when they are buried. Ten seconds after that,
 * does anybody still hold one that runs for dead, or one in use whose former life that was?
 */
public final class RestartExperiment implements Experiment {
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** From joined to quiet. */
  private static final Duration SETTLE = Duration.ofSeconds(30);

  private final GossipConfig config;
  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param downs how long they are down, a mesh for each
   */
  public record Plan(int nodes, List<Duration> downs) {
    public Plan {
      downs = List.copyOf(downs);
    }

    /** As required; there is no quicker way to see it. */
    public static Plan full() {
      return new Plan(
          128,
          List.of(
              Duration.ofMillis(500),
              Duration.ofSeconds(5),
              Duration.ofSeconds(20),
              Duration.ofMinutes(1)));
    }
  }

  /** An experiment of that plan with that configuration. */
  public RestartExperiment(GossipConfig config, Plan plan) {
    this.config = config;
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    List<Reading> readings = new ArrayList<>();
    long stale = 0;
    long ghosts = 0;
    double lowest = 1;
    for (int part : new int[] {1, 2}) {
      for (Duration down : plan.downs()) {
        Population population = restarted(seed, part, down);
        long staleHere = staleDeaths(population);
        long ghostsHere = ghosts(population);
        progress.accept(
            "%s down for %d ms: stale deaths %d, ghosts %d, share of pairs %.4f"
                .formatted(
                    part == 1 ? "all" : "half",
                    down.toMillis(),
                    staleHere,
                    ghostsHere,
                    population.mutualShare()));
        stale += staleHere;
        ghosts += ghostsHere;
        lowest = Math.min(lowest, population.mutualShare());
      }
    }
    readings.add(new Reading("stale_deaths", stale));
    readings.add(new Reading("restart_ghosts", ghosts));
    readings.add(new Reading("restart_share_min", lowest));
    return readings;
  }

  private Population restarted(long seed, int part, Duration down) {
    Population population = Population.joined(seed, config, plan.nodes());
    population.mesh().run(SETTLE);
    for (int number = 0; number < plan.nodes(); number += part) {
      population.crash(number);
    }
    population.mesh().run(down);
    for (int number = 0; number < plan.nodes(); number += part) {
      population.restart(number);
    }
    population.mesh().run(GRACE);
    return population;
  }

  /** Pairs in which a running node holds a running one for dead or gone. */
  static long staleDeaths(Population population) {
    long count = 0;
    for (int observer : population.running()) {
      for (int subject : population.running()) {
        Status status = population.node(observer).statusOf(population.node(subject));
        if (observer != subject && (status == Status.DEAD || status == Status.LEFT)) {
          count++;
        }
      }
    }
    return count;
  }

  /** Pairs in which a running node holds in use what is a former life of another. */
  static long ghosts(Population population) {
    long count = 0;
    for (int observer : population.running()) {
      SimNode node = population.node(observer);
      for (int subject : population.running()) {
        SimNode other = population.node(subject);
        Member seen = node.view().members().get(other.id());
        if (seen != null
            && seen.status().usable()
            && seen.incarnation() >>> 32 < other.bootEpoch()) {
          count++;
        }
      }
    }
    return count;
  }
}
