// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.detection;

import io.rhizome.it.Checkout;
import io.rhizome.it.Table;
import io.rhizome.it.bench.Benchmark;
import io.rhizome.it.bench.Figure;
import io.rhizome.it.bench.Result;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Whether the simulation of gossip tells the truth: the same outages, real and simulated. */
public final class GossipRealBench implements Benchmark {
  private static final int NODES = 24;
  private static final int FIRST_PORT = 24_100;
  private static final int SIMULATIONS = 10;
  private static final long SEED = 7;
  private static final double RATIO_AT_LEAST = 0.9;
  private static final double RATIO_AT_MOST = 1.1;
  private static final Duration SETTLING = Duration.ofSeconds(15);

  private final boolean quick;
  private final int kills;
  private final int stops;

  /** One step of the schedule. */
  private record Step(long atNanos, Outage outage, boolean begins) {}

  /** One of {@link Detection}'s times. */
  private record Measure(String name, ToDoubleFunction<Detection> value) {}

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("first_suspected", Detection::firstSuspected),
          new Measure("all_suspected", Detection::allSuspected),
          new Measure("first_dead", Detection::firstDead),
          new Measure("all_dead", Detection::allDead));

  public GossipRealBench(boolean quick) {
    this.quick = quick;
    this.kills = quick ? 9 : 100;
    this.stops = quick ? 3 : 30;
  }

  @Override
  public String name() {
    return "gossip-real";
  }

  @Override
  public List<String> method() {
    return """
    %d processes on loopback that gossip and do nothing else, with the settings that ship
    (-Xmx64m, C1 only, serial collector). Every %d s one of them, drawn by chance, is gone for
    %d s: %d times killed and started again with the next boot epoch, %d times stopped by SIGSTOP
    and continued. Of each outage: seconds until the first and the last of the others see it
    suspected and dead, by wall time; of those others that run all the while, and were back from
    an outage of their own for %d s when it began. Detection is that the last of them sees it
    dead. The simulation runs the same classes, settings and outages, %d times with as many
    seeds, pooled; its network adds some milliseconds. median_ratio, p90_ratio: detection, real
    over simulated, all outages together; required within 10%% (not with --quick).\
    """
        .formatted(
            NODES,
            Outage.GAP.toSeconds(),
            Outage.LENGTH.toSeconds(),
            kills,
            stops,
            Outage.RETURN.toSeconds(),
            SIMULATIONS)
        .lines()
        .toList();
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    List<Outage> schedule = Outage.schedule(new Random(SEED), NODES, kills, stops);
    List<Detection> simulated = new ArrayList<>();
    long simulatedFalse = 0;
    for (int seed = 1; seed <= SIMULATIONS; seed++) {
      List<Notice> notices = SimulatedMesh.run(seed, NODES, schedule);
      simulated.addAll(detections(schedule, notices));
      simulatedFalse += Detection.falseDeaths(schedule, notices);
    }
    List<Notice> notices = inReality(schedule);
    List<Detection> real = detections(schedule, notices);
    System.out.print(table(real, simulated));
    List<Figure> figures = new ArrayList<>();
    figures.add(ratio("median_ratio", real, simulated, Detection::allDead, 0.5));
    figures.add(ratio("p90_ratio", real, simulated, Detection::allDead, 0.9));
    figures.add(Figure.reported("real_median_s", quantile(real, Detection::allDead, 0.5)));
    figures.add(Figure.reported("real_p90_s", quantile(real, Detection::allDead, 0.9)));
    figures.add(Figure.reported("first_s", quantile(real, Detection::firstSuspected, 0.5)));
    figures.add(
        Figure.counted("missed", real.stream().mapToInt(one -> one.missedBy().size()).sum()));
    figures.add(Figure.counted("false_deaths", Detection.falseDeaths(schedule, notices)));
    figures.add(Figure.counted("simulated_false_deaths", simulatedFalse));
    return new Result(name(), method(), quick, SEED, figures, rows(schedule, real, simulated));
  }

  private List<Notice> inReality(List<Outage> schedule) throws IOException, InterruptedException {
    List<Step> steps = new ArrayList<>();
    for (Outage outage : schedule) {
      steps.add(new Step(outage.atNanos(), outage, true));
      steps.add(new Step(outage.endNanos(), outage, false));
    }
    steps.sort(Comparator.comparingLong(Step::atNanos));
    try (RealMesh mesh = RealMesh.start(NODES, FIRST_PORT)) {
      System.out.println("all " + NODES + " know each other");
      TimeUnit.NANOSECONDS.sleep(SETTLING.toNanos());
      Instant start = Instant.now();
      long startNanos = System.nanoTime();
      for (Step step : steps) {
        TimeUnit.NANOSECONDS.sleep(startNanos + step.atNanos() - System.nanoTime());
        if (step.begins()) {
          mesh.begin(step.outage());
        } else {
          mesh.end(step.outage());
          System.out.println(
              step.outage()
                  + ": "
                  + Detection.of(step.outage(), NODES, schedule, mesh.since(start)));
        }
      }
      return mesh.since(start);
    }
  }

  private static List<Detection> detections(List<Outage> schedule, List<Notice> notices) {
    return schedule.stream().map(outage -> Detection.of(outage, NODES, schedule, notices)).toList();
  }

  private Figure ratio(
      String name,
      List<Detection> real,
      List<Detection> simulated,
      ToDoubleFunction<Detection> value,
      double share) {
    double ratio = quantile(real, value, share) / quantile(simulated, value, share);
    return quick
        ? Figure.reported(name, ratio)
        : new Figure(name, ratio, RATIO_AT_MOST, RATIO_AT_LEAST, Figure.Form.MEASURE);
  }

  /** The smallest value that at least that share of them does not exceed. */
  private static double quantile(
      List<Detection> of, ToDoubleFunction<Detection> value, double share) {
    double[] sorted = of.stream().mapToDouble(value).sorted().toArray();
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  private static Table table(List<Detection> real, List<Detection> simulated) {
    Table table = new Table("seconds", "real median", "sim median", "real p90", "sim p90");
    for (Measure measure : MEASURES) {
      table.row(
          measure.name(),
          Figure.text(quantile(real, measure.value(), 0.5)),
          Figure.text(quantile(simulated, measure.value(), 0.5)),
          Figure.text(quantile(real, measure.value(), 0.9)),
          Figure.text(quantile(simulated, measure.value(), 0.9)));
    }
    return table;
  }

  private static List<Map<String, Object>> rows(
      List<Outage> schedule, List<Detection> real, List<Detection> simulated) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Measure measure : MEASURES) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("measure", measure.name());
      for (double share : new double[] {0.5, 0.9}) {
        String of = share == 0.5 ? "median" : "p90";
        row.put("real_" + of + "_s", quantile(real, measure.value(), share));
        row.put("simulated_" + of + "_s", quantile(simulated, measure.value(), share));
      }
      rows.add(row);
    }
    for (int i = 0; i < schedule.size(); i++) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("outage", schedule.get(i).kind().toString());
      row.put("victim", schedule.get(i).victim());
      row.put("missed_by", real.get(i).missedBy());
      for (Measure measure : MEASURES) {
        row.put(measure.name() + "_s", measure.value().applyAsDouble(real.get(i)));
      }
      rows.add(row);
    }
    return rows;
  }
}
