// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A large mesh with a few nodes that are neither well nor dead, in the three ways of "Stable and
 * Consistent Membership at Scale with Rapid" (ATC 2018), one after another on meshes of their own:
 * most of their packets are lost both ways; they are deaf half of the time; they hear all and are
 * heard by nobody. Do the healthy lose one another, and how often does a faulty node change its
 * state in the view of a healthy one?
 */
public final class RapidExperiment implements Experiment {
  private static final double LOSS = 0.80;
  private static final Duration DEAF = Duration.ofSeconds(20);
  private static final Duration DEAF_EVERY = Duration.ofSeconds(40);

  private final GossipConfig config;
  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param faulty how many of them
   * @param length of each of the three
   */
  public record Plan(int nodes, int faulty, Duration length) {
    /** As required. */
    public static Plan full() {
      return new Plan(1_000, 10, Duration.ofMinutes(4));
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(1_000, 10, Duration.ofMinutes(2));
    }
  }

  private enum Fault {
    LOSSY("lossy") {
      @Override
      void strike(SimNetwork network, String host) {
        network.lossIn(host, LOSS);
        network.lossOut(host, LOSS);
      }
    },
    DEAF_AT_TIMES("deaf") {
      @Override
      void strike(SimNetwork network, String host) {
        network.deaf(host, DEAF.toNanos(), DEAF_EVERY.toNanos());
      }
    },
    UNHEARD("unheard") {
      @Override
      void strike(SimNetwork network, String host) {
        network.mute(host, true);
      }
    };

    private final String word;

    Fault(String word) {
      this.word = word;
    }

    abstract void strike(SimNetwork network, String host);
  }

  /** An experiment of that plan with that configuration. */
  public RapidExperiment(GossipConfig config, Plan plan) {
    this.config = config;
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    List<Reading> readings = new ArrayList<>();
    double flaps = 0;
    long lost = 0;
    for (Fault fault : Fault.values()) {
      Population population = Population.joined(seed, config, plan.nodes());
      int healthy = plan.nodes() - plan.faulty();
      FalseDeaths deaths = new FalseDeaths(population, number -> number < healthy);
      Flaps counted = new Flaps(population, healthy);
      for (int number = healthy; number < plan.nodes(); number++) {
        fault.strike(population.mesh().network(), Population.host(number));
      }
      population.mesh().run(plan.length());
      double minutes = plan.length().toSeconds() / 60.0;
      double worst = counted.worst() / minutes;
      progress.accept(
          "%s: state changes a minute at most %.2f, on average %.2f; healthy lost %d"
              .formatted(fault.word, worst, counted.mean() / minutes, deaths.count()));
      readings.add(new Reading("flaps_" + fault.word, worst));
      readings.add(new Reading("flaps_mean_" + fault.word, counted.mean() / minutes));
      readings.add(new Reading("in_use_flaps_" + fault.word, counted.worstInUse() / minutes));
      readings.add(new Reading("healthy_lost_" + fault.word, deaths.count()));
      flaps = Math.max(flaps, worst);
      lost += deaths.count();
    }
    readings.add(new Reading("flaps", flaps));
    readings.add(new Reading("healthy_lost", lost));
    return readings;
  }

  /**
   * Changes of state of the faulty (alive, suspect, dead) in the views of the healthy, those with
   * the lower numbers.
   */
  private static final class Flaps implements Population.Watch {
    private final int healthy;
    private final int[][] changes;
    private final int[][] inUseChanges;

    Flaps(Population population, int healthy) {
      this.healthy = healthy;
      int faulty = population.size() - healthy;
      this.changes = new int[healthy][faulty];
      this.inUseChanges = new int[healthy][faulty];
      population.watch(this);
    }

    @Override
    public void noticed(int observer, int subject, SwimEvent event) {
      if (observer >= healthy || subject < healthy) {
        return;
      }
      boolean inUse = event instanceof SwimEvent.Joined || event instanceof SwimEvent.Died;
      boolean doubt = event instanceof SwimEvent.Suspected || event instanceof SwimEvent.Cleared;
      if (inUse || doubt) {
        changes[observer][subject - healthy]++;
      }
      if (inUse) {
        inUseChanges[observer][subject - healthy]++;
      }
    }

    /** Of the observer and the faulty node with the most. */
    int worst() {
      return worst(changes);
    }

    /** The same, where only being in use or not counts as a state. */
    int worstInUse() {
      return worst(inUseChanges);
    }

    /** Over all observers and all faulty nodes. */
    double mean() {
      double sum = 0;
      long pairs = 0;
      for (int[] row : changes) {
        for (int count : row) {
          sum += count;
          pairs++;
        }
      }
      return pairs == 0 ? 0 : sum / pairs;
    }

    private static int worst(int[][] counts) {
      int worst = 0;
      for (int[] row : counts) {
        for (int count : row) {
          worst = Math.max(worst, count);
        }
      }
      return worst;
    }
  }
}
