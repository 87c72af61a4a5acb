// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.simulator.experiment.Experiment;
import io.rhizome.simulator.experiment.Reading;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How long the slowest hundredth takes where servers differ and are disturbed, by hot_cold, by one
 * that knows all, and by every other built-in router, each with the parameters that suit it best.
 *
 * <p>Every server is an entry too, as every node is a door. Rivals are tuned with other seeds than
 * they are measured with. Failed requests count as slowest.
 */
public final class DisturbedExperiment implements Experiment {
  static final String HOT_COLD = "hot_cold";

  private static final long SECOND = 1_000_000_000L;
  private static final double P99 = 0.99;
  private static final double PER_MILLI = 1e6;

  /** Tuning must not see the seeds that count. */
  private static final long TUNING_SEED = 1_000_000;

  private final Plan plan;

  /**
   * What is run.
   *
   * @param percent load in percent of the mean effective capacity
   * @param servers half of them half as fast
   * @param workers of each
   * @param serviceMillis mean run time on an undisturbed fast worker; exponential
   * @param disturbance what others take of each
   * @param rttMicros between any two
   * @param warmUpSeconds before anything counts
   * @param tunedSeconds that count while parameters are chosen, with one seed
   * @param countedSeconds that count
   * @param seeds how many
   */
  public record Plan(
      int percent,
      int servers,
      int workers,
      long serviceMillis,
      Antagonist disturbance,
      long rttMicros,
      int warmUpSeconds,
      int tunedSeconds,
      int countedSeconds,
      int seeds) {
    /** At that load. */
    public static Plan full(int percent) {
      return new Plan(percent, 100, 4, 100, disturbed(), 500, 20, 20, 60, 6);
    }

    /** A glance. */
    public static Plan quick(int percent) {
      return new Plan(percent, 100, 4, 100, disturbed(), 500, 20, 4, 12, 2);
    }

    private static Antagonist disturbed() {
      return new Antagonist(0, 0.5, 10 * SECOND);
    }
  }

  /** Of that plan. */
  public DisturbedExperiment(Plan plan) {
    this.plan = plan;
  }

  private Trial trial(int countedSeconds) {
    List<Setup.Spec> nodes = new ArrayList<>();
    double capacity = 0;
    for (int i = 0; i < plan.servers(); i++) {
      double speed = i % 2 == 0 ? 1 : 0.5;
      nodes.add(new Setup.Spec(plan.workers(), speed, plan.disturbance()));
      capacity += plan.workers() * speed * plan.disturbance().meanLeft();
    }
    long rtt = plan.rttMicros() * 1_000;
    long service = plan.serviceMillis() * 1_000_000;
    Setup setup =
        new Setup(
            nodes, (from, to) -> from == to ? 0 : rtt, 0.2, 0, true, 256, service, Setup.NO_BOARD);
    double perSecond = plan.percent() / 100.0 * capacity * SECOND / service;
    return new Trial(
        setup,
        Collections.nCopies(plan.servers(), 1.0),
        perSecond,
        false,
        10 * SECOND,
        plan.warmUpSeconds() * SECOND,
        countedSeconds * SECOND);
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    SortedMap<String, Policy> best = tuned(seed, progress);
    best.put(HOT_COLD, Policy.of(HOT_COLD));
    best.put(Policy.OMNISCIENT, Policy.of(Policy.OMNISCIENT));
    SortedMap<String, List<Double>> all = new TreeMap<>();
    Trial trial = trial(plan.countedSeconds());
    for (Map.Entry<String, Policy> entry : best.entrySet()) {
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < plan.seeds(); i++) {
        values.add(trial.run(seed + i, entry.getValue()).quantileNanos(P99) / PER_MILLI);
      }
      all.put(entry.getKey(), values);
      Interval interval = Interval.of(values);
      progress.accept(
          "%d%%, %s: p99 %.0f ms, +- %.0f over %d seeds"
              .formatted(
                  plan.percent(),
                  entry.getValue(),
                  interval.mean(),
                  interval.half(),
                  plan.seeds()));
    }
    return readings(all);
  }

  private SortedMap<String, Policy> tuned(long seed, Consumer<String> progress) {
    SortedMap<String, Policy> tuned = new TreeMap<>();
    Trial trial = trial(plan.tunedSeconds());
    for (Map.Entry<String, List<Policy>> grid : Rivals.grids().entrySet()) {
      Policy best = grid.getValue().get(0);
      double least = Double.POSITIVE_INFINITY;
      List<String> tried = new ArrayList<>();
      if (grid.getValue().size() > 1) {
        for (Policy policy : grid.getValue()) {
          double p99 = trial.run(TUNING_SEED + seed, policy).quantileNanos(P99);
          tried.add("%s %.0f".formatted(policy.parameters(), p99 / PER_MILLI));
          if (p99 < least) {
            least = p99;
            best = policy;
          }
        }
        progress.accept("%d%%, tuning %s: %s".formatted(plan.percent(), grid.getKey(), tried));
      }
      tuned.put(grid.getKey(), best);
    }
    return tuned;
  }

  private List<Reading> readings(SortedMap<String, List<Double>> all) {
    String at = "_" + plan.percent();
    List<Reading> readings = new ArrayList<>();
    List<Double> own = values(all, HOT_COLD);
    Interval ownInterval = Interval.of(own);
    double bestRatio = 0;
    int notApart = 0;
    for (Map.Entry<String, List<Double>> entry : all.entrySet()) {
      String name = entry.getKey();
      Interval interval = Interval.of(entry.getValue());
      readings.add(new Reading("p99_ms_" + name + at, interval.mean()));
      readings.add(new Reading("p99_half_ms_" + name + at, interval.half()));
      if (name.equals(HOT_COLD)) {
        continue;
      }
      Interval ratio = ratio(own, entry.getValue());
      readings.add(new Reading("ratio_" + name + at, ratio.mean()));
      readings.add(new Reading("ratio_half_" + name + at, ratio.half()));
      if (!name.equals(Policy.OMNISCIENT)) {
        bestRatio = Math.max(bestRatio, ratio.mean());
        notApart += name.equals("prequal") || ownInterval.isBelow(interval) ? 0 : 1;
      }
    }
    readings.add(
        new Reading("omniscient_ratio" + at, ratio(own, values(all, Policy.OMNISCIENT)).mean()));
    readings.add(new Reading("best_rival_ratio" + at, bestRatio));
    readings.add(new Reading("rivals_not_apart" + at, notApart));
    return readings;
  }

  /** Seed by seed, as all met the same requests. */
  private static Interval ratio(List<Double> own, List<Double> others) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      ratios.add(own.get(i) / others.get(i));
    }
    return Interval.of(ratios);
  }

  private static List<Double> values(SortedMap<String, List<Double>> all, String name) {
    return all.getOrDefault(name, List.of());
  }
}
