// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.simulator.experiment.Experiment;
import io.rhizome.simulator.experiment.Reading;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Load from three quarters of what servers are promised to far above it (B. Wydrowski et al., "Load
 * is not what you should balance: Introducing Prequal", NSDI 2024, section 5.1): what others leave
 * unused of the machines is to be found, and nothing may fail before that is used up.
 *
 * <p>A machine does {@value #MACHINE} times what the server is promised; others take of it what
 * they happen to need, never the promised part.
 */
public final class RampExperiment implements Experiment {
  /** Nine steps, each a ninth above the one before. */
  static final double[] STEPS = {0.75, 0.83, 0.93, 1.03, 1.14, 1.27, 1.41, 1.57, 1.74};

  /** From worst to best, as the paper has them, and the one that grew out of the last. */
  static final List<String> ORDER = List.of("random", "weighted", "c3", "prequal", "hot_cold");

  private static final double MACHINE = 3;
  private static final long SECOND = 1_000_000_000L;
  private static final double P99 = 0.99;
  private static final double PER_MILLI = 1e6;

  private final Plan plan;

  /**
   * What is run.
   *
   * @param servers how many
   * @param workers of each
   * @param serviceMillis mean run time on what is promised
   * @param disturbance others' share of the machines
   * @param warmUpSeconds before anything counts, in each step
   * @param countedSeconds that count, in each
   * @param seeds how many
   * @param lastSeeds how many of the last step, by which the policies are ordered
   */
  public record Plan(
      int servers,
      int workers,
      long serviceMillis,
      Antagonist disturbance,
      int warmUpSeconds,
      int countedSeconds,
      int seeds,
      int lastSeeds) {
    /** With what is left for a server between 1.2 times what is promised and 3 times. */
    public static Plan full() {
      return new Plan(100, 4, 100, new Antagonist(0, 0.6, 10 * SECOND), 10, 20, 2, 5);
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(40, 4, 100, new Antagonist(0, 0.6, 10 * SECOND), 5, 8, 1, 3);
    }
  }

  /** Of that plan. */
  public RampExperiment(Plan plan) {
    this.plan = plan;
  }

  private Trial trial(double step) {
    List<Setup.Spec> nodes = new ArrayList<>();
    for (int i = 0; i < plan.servers(); i++) {
      nodes.add(new Setup.Spec(plan.workers(), MACHINE, plan.disturbance()));
    }
    long service = plan.serviceMillis() * 1_000_000;
    Setup setup =
        new Setup(
            nodes,
            (from, to) -> from == to ? 0 : 500_000,
            0.2,
            0,
            true,
            256,
            service,
            Setup.NO_BOARD);
    double promised = (double) plan.servers() * plan.workers() * SECOND / service;
    return new Trial(
        setup,
        Collections.nCopies(plan.servers(), 1.0),
        step * promised,
        false,
        5 * SECOND,
        plan.warmUpSeconds() * SECOND,
        plan.countedSeconds() * SECOND);
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    List<Reading> readings = new ArrayList<>();
    SortedMap<String, Interval> last = new TreeMap<>();
    for (String name : ORDER) {
      long failed = 0;
      for (double step : STEPS) {
        boolean isLast = step == STEPS[STEPS.length - 1];
        long failedHere = 0;
        List<Double> p99s = new ArrayList<>();
        for (int i = 0; i < (isLast ? plan.lastSeeds() : plan.seeds()); i++) {
          Tally tally = trial(step).run(seed + i, Policy.of(name));
          failedHere += tally.failed();
          p99s.add(tally.quantileNanos(P99) / PER_MILLI);
        }
        failed += failedHere;
        Interval p99 = Interval.of(p99s);
        last.put(name, p99);
        readings.add(new Reading("ramp_p99_ms_" + name + "_" + Math.round(100 * step), p99.mean()));
        progress.accept(
            "ramp %.2f, %s: p99 %.0f ms, failed %d".formatted(step, name, p99.mean(), failedHere));
      }
      readings.add(new Reading("ramp_failed_" + name, failed));
    }
    int inversions = 0;
    for (int i = 1; i < ORDER.size(); i++) {
      Interval better = Objects.requireNonNull(last.get(ORDER.get(i)));
      Interval worse = Objects.requireNonNull(last.get(ORDER.get(i - 1)));
      inversions += worse.isBelow(better) ? 1 : 0;
    }
    readings.add(new Reading("ramp_inversions", inversions));
    return readings;
  }
}
