// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** How fast the simulator itself is with the load of {@link HourExperiment}, all packets sealed. */
public final class SpeedExperiment implements Experiment {
  private final GossipConfig config;
  private final Plan plan;
  private final Meter meter;

  /**
   * How much of it.
   *
   * @param nodes how many
   * @param loss share of packets lost
   * @param warmUp before it is measured
   * @param window of virtual time, over which a speed is taken
   * @param windows how many; the median is told
   */
  public record Plan(int nodes, double loss, Duration warmUp, Duration window, int windows) {
    /** As required. */
    public static Plan full() {
      return new Plan(1_000, 0.01, Duration.ofMinutes(1), Duration.ofMinutes(1), 5);
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(1_000, 0.01, Duration.ofSeconds(30), Duration.ofSeconds(30), 1);
    }
  }

  /** An experiment of that plan with that configuration, on that machine. */
  public SpeedExperiment(GossipConfig config, Plan plan, Meter meter) {
    this.config = config;
    this.plan = plan;
    this.meter = meter;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    long heapBefore = meter.liveHeapBytes();
    Population population = new Population(seed, config, 1);
    population.mesh().sealed();
    population.startMany(plan.nodes());
    population.awaitAllInUse();
    progress.accept("joined after %.1f s".formatted(population.nowNanos() / 1e9));
    population.mesh().network().loss(plan.loss());
    ResidencyLoad.begin(population);
    population.mesh().run(plan.warmUp());
    progress.accept("warmed up");
    long packets = population.mesh().packets();
    long events = population.mesh().events();
    double[] seconds = new double[plan.windows()];
    for (int i = 0; i < seconds.length; i++) {
      long began = meter.nanos();
      population.mesh().run(plan.window());
      seconds[i] = (meter.nanos() - began) / 1e9;
      progress.accept("window %d: %.1f s".formatted(i + 1, seconds[i]));
    }
    double all = Arrays.stream(seconds).sum();
    Arrays.sort(seconds);
    return List.of(
        new Reading("speed_1000", plan.window().toNanos() / 1e9 / seconds[seconds.length / 2]),
        new Reading("events_per_s", (population.mesh().events() - events) / all),
        new Reading("packets_per_s", (population.mesh().packets() - packets) / all),
        new Reading(
            "heap_bytes_per_node", (meter.liveHeapBytes() - heapBefore) / (double) plan.nodes()));
  }
}
