// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.simulator.experiment.Experiment;
import io.rhizome.simulator.experiment.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Three regions far apart, one of which gets more than it can do: does what is too much go where
 * there is room, and nothing else? Against an oracle that knows all without delay.
 */
public final class RegionsExperiment implements Experiment {
  private static final int REGIONS = 3;
  private static final long SECOND = 1_000_000_000L;
  private static final double P99 = 0.99;
  private static final double PER_MILLI = 1e6;

  private final Plan plan;

  /**
   * What is run.
   *
   * @param servers of each region
   * @param workers of each server
   * @param serviceMillis mean run time; exponential
   * @param apartMillis round trip between regions
   * @param hot what the hot region gets, of its capacity
   * @param cool what each other gets, of its
   * @param warmUpSeconds before anything counts
   * @param countedSeconds that count
   * @param seeds how many
   */
  public record Plan(
      int servers,
      int workers,
      long serviceMillis,
      long apartMillis,
      double hot,
      double cool,
      int warmUpSeconds,
      int countedSeconds,
      int seeds) {
    /** One region with half as much again as it can do. */
    public static Plan full() {
      return new Plan(10, 4, 100, 120, 1.5, 0.4, 15, 120, 6);
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(10, 4, 100, 120, 1.5, 0.4, 5, 30, 2);
    }
  }

  /** Of that plan. */
  public RegionsExperiment(Plan plan) {
    this.plan = plan;
  }

  private Trial trial() {
    int servers = plan.servers();
    List<Setup.Spec> nodes = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    for (int i = 0; i < REGIONS * servers; i++) {
      nodes.add(new Setup.Spec(plan.workers(), 1, Antagonist.NONE));
      weights.add(i < servers ? plan.hot() : plan.cool());
    }
    long apart = plan.apartMillis() * 1_000_000;
    long service = plan.serviceMillis() * 1_000_000;
    Setup setup =
        new Setup(
            nodes,
            (from, to) -> from == to ? 0 : from / servers == to / servers ? 1_000_000 : apart,
            0.1,
            0,
            true,
            256,
            service,
            Setup.NO_BOARD);
    double perRegion = (double) servers * plan.workers() * SECOND / service;
    double perSecond = perRegion * (plan.hot() + (REGIONS - 1) * plan.cool());
    return new Trial(
        setup,
        weights,
        perSecond,
        false,
        10 * SECOND,
        plan.warmUpSeconds() * SECOND,
        plan.countedSeconds() * SECOND);
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    Trial trial = trial();
    List<Double> own = new ArrayList<>();
    List<Double> oracle = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < plan.seeds(); i++) {
      Tally found = trial.run(seed + i, Policy.of(DisturbedExperiment.HOT_COLD));
      Tally best = trial.run(seed + i, Policy.of(Policy.OMNISCIENT));
      own.add(found.quantileNanos(P99) / PER_MILLI);
      oracle.add(best.quantileNanos(P99) / PER_MILLI);
      ratios.add(own.get(i) / oracle.get(i));
      progress.accept(
          "regions, seed %d: hot_cold p99 %.0f ms, mean %.0f; oracle p99 %.0f ms, mean %.0f"
              .formatted(
                  seed + i,
                  own.get(i),
                  found.meanNanos() / PER_MILLI,
                  oracle.get(i),
                  best.meanNanos() / PER_MILLI));
    }
    Interval interval = Interval.of(ratios);
    return List.of(
        new Reading("regions_p99_ms", Interval.of(own).mean()),
        new Reading("regions_oracle_p99_ms", Interval.of(oracle).mean()),
        new Reading("oracle_ratio", interval.mean()),
        new Reading("oracle_ratio_half", interval.half()));
  }
}
