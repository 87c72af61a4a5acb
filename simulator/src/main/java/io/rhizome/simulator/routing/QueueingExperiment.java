// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Request;
import io.rhizome.simulator.experiment.Experiment;
import io.rhizome.simulator.experiment.Reading;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Is the simulator believable? Mean times in system, in mean run times, against what is known of
 * them: M/M/1 and M/M/c by formula, choices by boards of different ages by computed values.
 *
 * <p>One entry with all knowledge; nodes that take all that comes, in line; no way between them.
 */
public final class QueueingExperiment implements Experiment {
  private static final double RHO = 0.9;
  private static final long SERVICE_NANOS = 1_000_000_000L;
  private static final Request REQUEST = Request.entering("m", 0, 1).once();

  /**
   * Mean time in system by random choice and by two choices, for boards of age 0, 10, 20 and 40
   * mean run times: 100 servers, each loaded to 0.9. Random is M/M/1 whatever the board says; two
   * choices as computed for anchors.md, which agrees with M. Mitzenmacher, "How Useful Is Old
   * Information?", IEEE TPDS 11(1), 2000.
   */
  private static final int[] AGES = {0, 10, 20, 40};

  private static final double[] TWO_CHOICES = {2.66, 5.05, 7.02, 10.4};

  private final Plan plan;

  /**
   * How much of it.
   *
   * @param servers that choices are among
   * @param warmUp mean run times before anything is counted
   * @param counted mean run times counted, for each seed
   * @param seeds how many
   */
  public record Plan(int servers, int warmUp, int counted, int seeds) {
    /** For a standard error of about a hundredth at random choice. */
    public static Plan full() {
      return new Plan(100, 1_500, 9_000, 4);
    }

    /** A glance. */
    public static Plan quick() {
      return new Plan(100, 1_000, 5_000, 1);
    }
  }

  /** Of that plan. */
  public QueueingExperiment(Plan plan) {
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    List<Reading> readings = new ArrayList<>();
    double worst = 0;
    double random = 0;
    for (int age : AGES) {
      double found = mean(seed + age, Policy.of("random"), plan.servers(), 1, age);
      random += found / AGES.length;
      readings.add(new Reading("random_t" + age, found));
    }
    // Random choice does not look at the board: the four are one sample of M/M/1.
    worst = Math.max(worst, told(progress, readings, "mm1", random, 1 / (1 - RHO)));
    double mmc = mean(seed, Policy.of("random"), plan.servers() * 2 / 5, 4, 0);
    worst = Math.max(worst, told(progress, readings, "mm4", mmc, erlang(4)));
    for (int i = 0; i < AGES.length; i++) {
      double two = mean(seed, Policy.of("power_of_two"), plan.servers(), 1, AGES[i]);
      worst = Math.max(worst, told(progress, readings, "two_t" + AGES[i], two, TWO_CHOICES[i]));
    }
    for (int age : AGES) {
      leastLoaded(seed, age, readings, progress);
    }
    readings.add(new Reading("stale_err", worst));
    return readings;
  }

  /** No bar: the two derivations stand beside each other. */
  private void leastLoaded(long seed, int age, List<Reading> readings, Consumer<String> progress) {
    double events = mean(seed, Policy.of(Policy.LEAST_LOADED), plan.servers(), 1, age);
    int counted = Math.max(plan.counted(), 100 * age);
    double chain =
        BoardChain.meanTime(
            new Streams(seed).of("chain", age), plan.servers(), RHO, age, plan.warmUp(), counted);
    readings.add(new Reading("least_t" + age + "_events", events));
    readings.add(new Reading("least_t" + age + "_chain", chain));
    progress.accept(
        "least loaded, T=%d: %.2f by events, %.2f by chain".formatted(age, events, chain));
  }

  private static double told(
      Consumer<String> progress, List<Reading> readings, String name, double found, double known) {
    double error = Math.abs(found / known - 1);
    readings.add(new Reading(name, found));
    progress.accept("%s: %.3f, known %.3f, off by %.3f".formatted(name, found, known, error));
    return error;
  }

  /** Over the seeds, in mean run times. */
  private double mean(long seed, Policy policy, int servers, int workers, int age) {
    double sum = 0;
    for (int i = 0; i < plan.seeds(); i++) {
      sum += one(seed + i, policy, servers, workers, age);
    }
    return sum / plan.seeds();
  }

  private double one(long seed, Policy policy, int servers, int workers, int age) {
    List<Setup.Spec> nodes =
        new ArrayList<>(Collections.nCopies(servers, new Setup.Spec(workers, 1, Antagonist.NONE)));
    nodes.add(new Setup.Spec(0, 1, Antagonist.NONE));
    Setup setup =
        new Setup(nodes, (from, to) -> 0, 0, 0, false, 0, SERVICE_NANOS, age * SERVICE_NANOS);
    long from = plan.warmUp() * SERVICE_NANOS;
    long until = from + plan.counted() * SERVICE_NANOS;
    Tally tally = new Tally(from, until);
    RoutingMesh mesh = new RoutingMesh(seed, setup, new Held(setup), policy, tally);
    List<Double> weights = new ArrayList<>(Collections.nCopies(servers, 0.0));
    weights.add(1.0);
    double perSecond = RHO * servers * workers;
    Arrivals.Plan arrivals =
        new Arrivals.Plan(REQUEST, weights, now -> perSecond, until, Long.MAX_VALUE, true);
    Arrivals unused = new Arrivals(mesh, arrivals, seed);
    mesh.queue().runUntil(until + 1_000 * SERVICE_NANOS);
    return tally.meanNanos() / SERVICE_NANOS;
  }

  /** Mean time in system of M/M/c at that load, in mean run times (Erlang C). */
  static double erlang(int workers) {
    double offered = RHO * workers;
    double term = 1;
    double sum = 0;
    for (int k = 0; k < workers; k++) {
      sum += term;
      term *= offered / (k + 1);
    }
    double waiting = term / (1 - RHO);
    double probability = waiting / (sum + waiting);
    return 1 + probability / (workers * (1 - RHO));
  }
}
