// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Message;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * A small mesh in which one link fails, in one direction, in both, or all links of a node but one.
 * How long from the first probe that fails until the node that probed knows a relay, and does
 * anybody bury anybody?
 */
public final class LinksExperiment implements Experiment {
  /** How long a failed link stays so; also what counts where no relay is found. */
  private static final Duration BROKEN = Duration.ofMinutes(5);

  /** How long the mended link is given to be used again. */
  private static final Duration MENDED = Duration.ofMinutes(1);

  private final GossipConfig config;
  private final Plan plan;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param meshes of each kind of failure, each with a link of its own
   */
  public record Plan(int nodes, int meshes) {
    /** As required. */
    public static Plan full() {
      return new Plan(20, 10);
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(20, 3);
    }
  }

  private enum Failure {
    /** Nothing passes from a to c. */
    ONE_WAY("one way"),
    /** Nothing passes between a and c. */
    BOTH_WAYS("both ways"),
    /** Nothing passes between c and anybody but b. */
    ALL_BUT_ONE("all but one");

    private final String word;

    Failure(String word) {
      this.word = word;
    }

    void strike(Population population, int a, int b, int c) {
      SimNetwork network = population.mesh().network();
      if (this == ALL_BUT_ONE) {
        for (int other : population.running()) {
          if (other != b && other != c) {
            network.cutOneWay(Population.host(other), Population.host(c));
            network.cutOneWay(Population.host(c), Population.host(other));
          }
        }
        return;
      }
      network.cutOneWay(Population.host(a), Population.host(c));
      if (this == BOTH_WAYS) {
        network.cutOneWay(Population.host(c), Population.host(a));
      }
    }
  }

  /** An experiment of that plan with that configuration. */
  public LinksExperiment(GossipConfig config, Plan plan) {
    this.config = config;
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    List<Reading> readings = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    List<Double> again = new ArrayList<>();
    long deaths = 0;
    for (Failure failure : Failure.values()) {
      List<Double> relayed = new ArrayList<>();
      long deathsHere = 0;
      for (int i = 0; i < plan.meshes(); i++) {
        Trial trial = trial(seed * 1_000 + i, failure);
        relayed.addAll(trial.relaySeconds());
        again.addAll(trial.directSeconds());
        deathsHere += trial.deaths();
      }
      progress.accept(
          "%s: a relay is known after %.2f s, at most %.2f s; deaths %d"
              .formatted(
                  failure.word, Quantiles.median(relayed), Quantiles.worst(relayed), deathsHere));
      String name = failure.word.replace(' ', '_');
      readings.add(new Reading("relay_" + name + "_s", Quantiles.worst(relayed)));
      readings.add(new Reading("link_deaths_" + name, deathsHere));
      if (failure != Failure.ALL_BUT_ONE) {
        all.addAll(relayed);
        deaths += deathsHere;
      }
    }
    readings.add(new Reading("relay_s", Quantiles.worst(all)));
    readings.add(new Reading("relay_median_s", Quantiles.median(all)));
    readings.add(new Reading("direct_again_s", Quantiles.worst(again)));
    readings.add(new Reading("link_deaths", deaths));
    return readings;
  }

  private record Trial(List<Double> relaySeconds, List<Double> directSeconds, long deaths) {}

  private Trial trial(long seed, Failure failure) {
    Population population = Population.joined(seed, config, plan.nodes());
    Random random = new Random(seed);
    int a = random.nextInt(plan.nodes());
    int c = (a + 1 + random.nextInt(plan.nodes() - 1)) % plan.nodes();
    int b = (c + 1) % plan.nodes() == a ? (c + 2) % plan.nodes() : (c + 1) % plan.nodes();
    population.mesh().run(Duration.ofSeconds(30));
    FalseDeaths deaths = new FalseDeaths(population, number -> true);
    failure.strike(population, a, b, c);
    IntPredicate canRelay = failure == Failure.ALL_BUT_ONE ? n -> n == b : n -> n != a && n != c;
    LinkWatch there = new LinkWatch(population, a, c, canRelay);
    LinkWatch back = new LinkWatch(population, c, a, canRelay);
    population.mesh().run(BROKEN);
    List<Double> relayed = List.of(there.relaySeconds(), back.relaySeconds());
    population.mesh().network().heal();
    there.mended();
    back.mended();
    population.mesh().run(MENDED);
    return new Trial(relayed, List.of(there.directSeconds(), back.directSeconds()), deaths.count());
  }

  /** How one node finds a way to another. */
  private static final class LinkWatch implements Population.Watch {
    private final Population population;
    private final int observer;
    private final int subject;
    private final IntPredicate canRelay;
    private long attemptNanos = -1;
    private long relayNanos = -1;
    private long mendedNanos = -1;
    private long directNanos = -1;

    LinkWatch(Population population, int observer, int subject, IntPredicate canRelay) {
      this.population = population;
      this.observer = observer;
      this.subject = subject;
      this.canRelay = canRelay;
      population.watch(this);
      NodeId probed = population.node(subject).id();
      population
          .mesh()
          .onSend(
              (from, to, packet) -> {
                if (attemptNanos < 0
                    && from == population.node(observer)
                    && packet.stream().anyMatch(message -> isPing(message, probed))) {
                  attemptNanos = population.nowNanos();
                }
              });
    }

    private static boolean isPing(Message message, NodeId probed) {
      return message instanceof Message.Ping ping && ping.target().equals(probed);
    }

    @Override
    public void noticed(int who, int whom, SwimEvent event) {
      if (who != observer || whom != subject) {
        return;
      }
      Reachability now = population.node(who).reachability(population.node(whom));
      if (relayNanos < 0 && mendedNanos < 0 && isRelay(now)) {
        relayNanos = population.nowNanos();
      } else if (mendedNanos >= 0 && directNanos < 0 && now.equals(Reachability.DIRECT)) {
        directNanos = population.nowNanos();
      }
    }

    private boolean isRelay(Reachability now) {
      return now instanceof Reachability.Via via && canRelay.test(population.number(via.relay()));
    }

    void mended() {
      mendedNanos = population.nowNanos();
      boolean direct =
          population
              .node(observer)
              .reachability(population.node(subject))
              .equals(Reachability.DIRECT);
      directNanos = direct ? mendedNanos : -1;
    }

    double relaySeconds() {
      if (relayNanos < 0) {
        return BROKEN.toSeconds();
      }
      return attemptNanos < 0 ? 0 : Math.max(0, relayNanos - attemptNanos) / 1e9;
    }

    double directSeconds() {
      return directNanos < 0 ? MENDED.toSeconds() : (directNanos - mendedNanos) / 1e9;
    }
  }
}
