// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import io.rhizome.it.Checkout;
import io.rhizome.it.Table;
import io.rhizome.simulator.routing.Interval;
import io.rhizome.simulator.routing.Policy;
import io.rhizome.simulator.routing.Tally;
import io.rhizome.simulator.routing.Trial;
import io.rhizome.simulator.routing.Watch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether the simulation tells the truth: the same requests to real nodes and simulated ones. */
final class LiveRow {
  static final String NAME = "live";

  private static final String ROUTER = "hot_cold";
  private static final double P50 = 0.5;
  private static final double P99 = 0.99;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long HEAT_SEED = 1_000_000;

  private final LivePlan plan;
  private final long seed;
  private final Map<String, Double> readings = new LinkedHashMap<>();
  private final Table table =
      new Table("load", "requests", "failed", "p50 live", "sim", "p99 live", "sim", "cores busy");
  private double worst;

  private LiveRow(LivePlan plan, long seed) {
    this.plan = plan;
    this.seed = seed;
  }

  /**
   * Runs it, and stops all it started. Prints what it finds.
   *
   * @return the readings by name; none where it broke off, of which this tells
   */
  static Map<String, Double> run(Checkout checkout, LivePlan plan, long seed)
      throws InterruptedException {
    long began = System.nanoTime();
    LiveRow row = new LiveRow(plan, seed);
    try {
      row.measure(checkout);
      System.out.printf("%s ended after %.0f s%n", NAME, (System.nanoTime() - began) / 1e9);
      System.out.print(row.table);
      return row.readings;
    } catch (IOException | RuntimeException e) {
      System.out.println(NAME + " broke off: " + e);
      return new LinkedHashMap<>();
    }
  }

  private void measure(Checkout checkout) throws IOException, InterruptedException {
    try (LiveMesh mesh = LiveMesh.start(checkout, plan);
        LiveLoad load = LiveLoad.connect(mesh.ports())) {
      long hopNanos = mesh.hopNanos();
      readings.put("live_nodes", (double) plan.nodes());
      readings.put("live_hop_ms", hopNanos / NANOS_PER_MILLI);
      Tally unused = load.run(plan.heat(), HEAT_SEED + seed);
      for (int percent : LivePlan.PERCENTS) {
        compare(mesh, load, plan.trial(percent, hopNanos), percent);
      }
      readings.put("live_err", worst);
    }
  }

  private void compare(LiveMesh mesh, LiveLoad load, Trial trial, int percent)
      throws IOException, InterruptedException {
    long demandSeed = seed + percent;
    double cpuBefore = mesh.cpuSeconds();
    Tally live = load.run(trial, demandSeed);
    double seconds = (trial.warmUpNanos() + trial.countedNanos()) / (double) LivePlan.SECOND;
    double cores = (mesh.cpuSeconds() - cpuBefore) / seconds;
    if (live.failed() > 0) {
      System.out.println("  a failure: " + load.lastFailure());
    }
    List<Tally> simulated = new ArrayList<>();
    for (int i = 0; i < plan.simulations(); i++) {
      simulated.add(trial.run(demandSeed, seed + i, Policy.of(ROUTER), new Watch() {}));
    }
    put("requests", percent, (double) live.requests());
    put("failed", percent, (double) live.failed());
    put("cores", percent, cores);
    List<String> medians = compared("p50", P50, percent, live, simulated);
    List<String> tails = compared("p99", P99, percent, live, simulated);
    table.row(
        percent + "%",
        live.requests(),
        live.failed(),
        medians.get(0),
        medians.get(1),
        tails.get(0),
        tails.get(1),
        "%.2f".formatted(cores));
  }

  private static double millis(Tally tally, double share) {
    return tally.quantileNanos(share) / NANOS_PER_MILLI;
  }

  /** Keeps both and by how much they differ; gives the live one and the simulated one as text. */
  private List<String> compared(
      String name, double share, int percent, Tally live, List<Tally> simulated) {
    double real = millis(live, share);
    Interval sim = Interval.of(simulated.stream().map(tally -> millis(tally, share)).toList());
    double error = Math.abs(real / sim.mean() - 1);
    put(name + "_ms", percent, real);
    readings.put("sim_" + name + "_ms_" + percent, sim.mean());
    readings.put("sim_" + name + "_half_ms_" + percent, sim.half());
    put("err_" + name, percent, error);
    worst = Math.max(worst, error);
    return List.of("%.1f ms".formatted(real), "%.1f +- %.1f ms".formatted(sim.mean(), sim.half()));
  }

  private void put(String name, int percent, double value) {
    readings.put(NAME + "_" + name + "_" + percent, value);
  }

  /** It alone: {@code live [--quick] [--seed N]}; exit status 2 for a wrong call. */
  static void main(List<String> words) throws InterruptedException {
    int seedAt = words.indexOf("--seed");
    if (seedAt == words.size() - 1) {
      System.err.println("usage: " + NAME + " [--quick] [--seed N]");
      System.exit(2);
    }
    long seed = seedAt < 0 ? 1 : Long.parseLong(words.get(seedAt + 1));
    LivePlan plan = LivePlan.of(words.contains("--quick"));
    plan.method().forEach(System.out::println);
    run(Checkout.find(), plan, seed)
        .forEach((name, value) -> System.out.println(name + " " + value));
  }
}
