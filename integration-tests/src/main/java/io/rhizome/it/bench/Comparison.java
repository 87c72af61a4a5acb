// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Table;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Several ways to one holder under the same loads, taking turns: in every round each load runs
 * against each target, the order of the targets rotating from round to round.
 */
final class Comparison {
  private static final Duration CALL_LIMIT = Duration.ofSeconds(20);

  /**
   * One load.
   *
   * @param bytes of raw tensor content in a request, and in its answer
   * @param concurrency calls in flight
   */
  record Load(int bytes, int concurrency) {
    String label() {
      return bytes / 1024 + " KB c=" + concurrency;
    }
  }

  /** How long things take: the same for every target. */
  record Timing(int rounds, Duration warmUp, Duration leadIn, Duration window) {}

  /** What one window saw; latencies in microseconds, CPU of the target's process. */
  record Measured(double p50Micros, double p99Micros, double perSecond, double cpuMicros) {}

  /** One column of one load. */
  private record Cell(Load load, Target target) {}

  private final Timing timing;
  private final int connections;
  private final List<Load> loads;
  private final List<Target> targets;
  private final Map<Cell, List<Measured>> measured = new LinkedHashMap<>();

  /**
   * @param connections the most that a client opens; never more than it has calls in flight
   */
  Comparison(Timing timing, int connections, List<Load> loads, List<Target> targets) {
    this.timing = timing;
    this.connections = connections;
    this.loads = List.copyOf(loads);
    this.targets = List.copyOf(targets);
  }

  /** Warms every target, then measures all rounds; prints a line for each. */
  void run() throws IOException, InterruptedException {
    for (Load load : loads) {
      for (Target target : targets) {
        measure(load, target, Duration.ZERO, timing.warmUp().dividedBy(loads.size()));
      }
    }
    System.out.println("warm: every target ran every load");
    for (int round = 0; round < timing.rounds(); round++) {
      for (Load load : loads) {
        for (int i = 0; i < targets.size(); i++) {
          Target target = targets.get((i + round) % targets.size());
          Measured one = measure(load, target, timing.leadIn(), timing.window());
          rounds(load, target).add(one);
        }
      }
      System.out.println("round " + (round + 1) + " of " + timing.rounds() + " done");
    }
  }

  private List<Measured> rounds(Load load, Target target) {
    return measured.computeIfAbsent(new Cell(load, target), cell -> new ArrayList<>());
  }

  private Measured measure(Load load, Target target, Duration leadIn, Duration window)
      throws IOException, InterruptedException {
    ModelInferRequest request = Echo.request(load.bytes());
    int open = Math.min(connections, load.concurrency());
    try (LoadClient client = new LoadClient(target.port(), open)) {
      Echo.verify(request, client.call(request, CALL_LIMIT));
      LoadClient.Window seen =
          client.run(
              request.toByteArray(),
              load.bytes(),
              load.concurrency(),
              leadIn,
              window,
              () -> ProcessCounters.cpuSeconds(target.pid()));
      return new Measured(
          seen.latencies().quantile(0.50) / 1e3,
          seen.latencies().quantile(0.99) / 1e3,
          seen.perSecond(),
          seen.counted() * 1e6 / seen.latencies().count());
    }
  }

  /** The median over all rounds of one figure. */
  double median(Load load, Target target, ToDoubleFunction<Measured> figure) {
    return Median.of(rounds(load, target).stream().mapToDouble(figure).toArray());
  }

  /** Medians, a line for each load and target; what a target adds is against the first target. */
  Table table() {
    Table table =
        new Table("load", "target", "p50 us", "added us", "p99 us", "requests/s", "CPU us/request");
    for (Load load : loads) {
      double base = median(load, targets.get(0), Measured::p50Micros);
      for (Target target : targets) {
        double p50 = median(load, target, Measured::p50Micros);
        table.row(
            load.label(),
            target.name(),
            Figure.text(p50),
            target.equals(targets.get(0)) ? "-" : Figure.text(p50 - base),
            Figure.text(median(load, target, Measured::p99Micros)),
            Math.round(median(load, target, Measured::perSecond)),
            Figure.text(median(load, target, Measured::cpuMicros)));
      }
    }
    return table;
  }

  /** The same as data, each figure with its rounds. */
  List<Map<String, Object>> rows() {
    List<Map<String, Object>> rows = new ArrayList<>();
    measured.forEach(
        (cell, rounds) -> {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("request_bytes", cell.load().bytes());
          row.put("concurrency", cell.load().concurrency());
          row.put("target", cell.target().name());
          putAll(row, rounds);
          rows.add(row);
        });
    return rows;
  }

  /** Every figure of some rounds: its median, and each. */
  static void putAll(Map<String, Object> row, List<Measured> rounds) {
    put(row, rounds, "p50_us", Measured::p50Micros);
    put(row, rounds, "p99_us", Measured::p99Micros);
    put(row, rounds, "requests_per_s", Measured::perSecond);
    put(row, rounds, "cpu_us_per_request", Measured::cpuMicros);
  }

  private static void put(
      Map<String, Object> row,
      List<Measured> rounds,
      String name,
      ToDoubleFunction<Measured> figure) {
    double[] values = rounds.stream().mapToDouble(figure).toArray();
    row.put(name, Double.valueOf(Figure.text(Median.of(values))));
    List<Double> each = new ArrayList<>();
    for (double value : values) {
      each.add(Double.valueOf(Figure.text(value)));
    }
    row.put(name + "_rounds", each);
  }
}
