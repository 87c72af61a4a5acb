// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A mesh falls into three parts for a while. In each, nodes change what they hold, one crashes for
 * good and one starts again. When the links are back, how long until all see one view with the
 * newest state, and is any node in it that does not run?
 */
public final class PartitionExperiment implements Experiment {
  private static final int SIDES = 3;
  private static final Duration STEP = Duration.ofMillis(50);

  /** How long the sides are given to come to one view. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** How long that view must then stand without a ghost. */
  private static final Duration AFTERWARDS = Duration.ofMinutes(1);

  private final GossipConfig config;
  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many, a third on each side
   * @param length of the partition
   */
  public record Plan(int nodes, Duration length) {
    /** As required; there is no quicker way to see it. */
    public static Plan full() {
      return new Plan(90, Duration.ofMinutes(10));
    }
  }

  /** An experiment of that plan with that configuration. */
  public PartitionExperiment(GossipConfig config, Plan plan) {
    this.config = config;
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    Population population = new Population(seed, config, SIDES);
    population.startMany(plan.nodes());
    population.awaitAllInUse();
    ResidencyLoad load = ResidencyLoad.begin(population);
    population.mesh().run(Duration.ofMinutes(1));
    divide(population);
    for (int side = 0; side < SIDES; side++) {
      int gone = SIDES + side;
      int again = 2 * SIDES + side;
      population.mesh().after(plan.length().dividedBy(4), () -> population.crash(again));
      population.mesh().after(plan.length().dividedBy(2), () -> population.crash(gone));
      population
          .mesh()
          .after(plan.length().multipliedBy(3).dividedBy(4), () -> population.restart(again));
    }
    population.mesh().run(plan.length());
    progress.accept("healed; share of pairs %.4f".formatted(population.mutualShare()));
    load.end();
    return heal(population, progress);
  }

  private List<Reading> heal(Population population, Consumer<String> progress) {
    long healed = population.nowNanos();
    Contact contact = new Contact(population);
    Ghosts ghosts = new Ghosts(population);
    Busiest busiest = new Busiest(population);
    population.mesh().network().heal();
    boolean one = isOneView(population);
    while (!one && population.nowNanos() - healed < LIMIT.toNanos()) {
      population.mesh().run(STEP);
      busiest.sample();
      one = isOneView(population);
    }
    long done = population.nowNanos();
    long met = contact.atNanos < 0 ? healed : contact.atNanos;
    progress.accept(
        "one view: %b after %.2f s, first packet after %.2f s"
            .formatted(one, (done - healed) / 1e9, (met - healed) / 1e9));
    population.mesh().run(AFTERWARDS);
    return List.of(
        new Reading("heal_s", (done - healed) / 1e9),
        new Reading("heal_after_contact_s", (done - met) / 1e9),
        new Reading("ghosts", ghosts.count + standingGhosts(population)),
        new Reading("heal_peak_bytes_per_s", busiest.bytesPerSecond));
  }

  private void divide(Population population) {
    List<List<String>> sides = new ArrayList<>();
    for (int side = 0; side < SIDES; side++) {
      List<String> hosts = new ArrayList<>();
      for (int number = side; number < plan.nodes(); number += SIDES) {
        hosts.add(Population.host(number));
      }
      for (List<String> other : sides) {
        population.mesh().network().partition(other, hosts);
      }
      sides.add(hosts);
    }
  }

  /** All hold all in use, in their newest life and with what they last said. */
  private static boolean isOneView(Population population) {
    if (!population.allInUse()) {
      return false;
    }
    for (int subject : population.running()) {
      SimNode node = population.node(subject);
      NodeState newest = node.view().member(node.id()).orElseThrow().state();
      for (int observer : population.running()) {
        Member seen = population.node(observer).view().members().get(node.id());
        if (seen == null || isOldLife(seen, node) || !seen.state().equals(newest)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isOldLife(Member seen, SimNode node) {
    return seen.incarnation() >>> 32 < node.bootEpoch();
  }

  /** Pairs in which a running node holds in use what does not run. */
  private static long standingGhosts(Population population) {
    long count = 0;
    for (int observer : population.running()) {
      for (int subject = 0; subject < population.size(); subject++) {
        SimNode node = population.node(subject);
        Member seen = population.node(observer).view().members().get(node.id());
        if (seen != null
            && seen.status().usable()
            && (!population.isRunning(subject) || isOldLife(seen, node))) {
          count++;
        }
      }
    }
    return count;
  }

  /** Each time that somebody takes one in use that does not run. */
  private static final class Ghosts implements Population.Watch {
    private final Population population;
    private long count;

    Ghosts(Population population) {
      this.population = population;
      population.watch(this);
    }

    @Override
    public void noticed(int observer, int subject, SwimEvent event) {
      if (event instanceof SwimEvent.Joined && !population.isRunning(subject)) {
        count++;
      }
    }
  }

  /** The first packet from one side that is read on another. */
  private static final class Contact {
    private long atNanos = -1;

    Contact(Population population) {
      population
          .mesh()
          .onPacket(
              (reader, from, packet) -> {
                int sender = population.number(from.id());
                int here = population.number(reader.id());
                if (atNanos < 0 && sender % SIDES != here % SIDES) {
                  atNanos = population.nowNanos();
                }
              });
    }
  }

  /** The most that one node sent and received in a second. */
  private static final class Busiest {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Population population;
    private final long[] before;
    private long nextNanos;
    private long bytesPerSecond;

    Busiest(Population population) {
      this.population = population;
      this.before = new long[population.size()];
      this.nextNanos = population.nowNanos();
      sample();
      bytesPerSecond = 0;
    }

    void sample() {
      if (population.nowNanos() < nextNanos) {
        return;
      }
      nextNanos += SECOND_NANOS;
      for (int number : population.running()) {
        SimNode node = population.node(number);
        long bytes = node.sentBytes() + node.receivedBytes();
        bytesPerSecond = Math.max(bytesPerSecond, bytes - before[number]);
        before[number] = bytes;
      }
    }
  }
}
