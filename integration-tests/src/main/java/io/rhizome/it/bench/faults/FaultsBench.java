// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.Checkout;
import io.rhizome.it.Table;
import io.rhizome.it.bench.Benchmark;
import io.rhizome.it.bench.Figure;
import io.rhizome.it.bench.Result;
import io.rhizome.it.bench.RowLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether every request ends well, whatever befalls the nodes that could answer it. */
public final class FaultsBench implements Benchmark {
  private static final long SEED = 1;

  private final Scale scale;

  /** At full length, or in under four minutes. */
  public FaultsBench(boolean quick) {
    this.scale = new Scale(quick, SEED);
  }

  @Override
  public String name() {
    return "faults";
  }

  @Override
  public List<String> method() {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "Three nodes, each a process; node-1 is the entry and holds nothing, node-2 and node-3",
            "hold a model of the engine timer: 10 ms, 4 workers each, unless said otherwise. Eight",
            "closed-loop gRPC clients of the entry, requests of 4 bytes of tensor; the deadline of",
            "2 s travels, but no client keeps it: a request that ends 100 ms later counts as endless.",
            "No client retries; after an error it waits (10 ms, or as long as a rejection said) and",
            "sends its next request. failed: errors of any kind, all rows with no other rule.",
            "gap: the longest time between two answers that follow each other, over all clients,",
            "from just before the fault until it is over and both holders answer again; the worst of",
            "all rounds. slowest: of all requests under way in that time. silent, one_way, relay,",
            "lossy and soak run in network namespaces around a router that drops packets. Rows:"));
    for (Row row : Rows.ALL) {
      RowLines.addMethod(lines, row.name(), row.method(scale));
    }
    return lines;
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    Map<String, Map<String, Double>> found = new LinkedHashMap<>();
    try (Rows rows = new Rows(checkout, scale)) {
      for (Row row : Rows.ALL) {
        found.put(row.name(), rows.run(row).values());
      }
    }
    Bars bars = new Bars(found);
    print(found, bars);
    return new Result(
        name(),
        method(),
        scale.quick(),
        SEED,
        bars.closing(),
        bars.further(),
        RowLines.written(found));
  }

  private static void print(Map<String, Map<String, Double>> found, Bars bars) {
    List<String> columns =
        List.of(
            "requests",
            "failed",
            "rejected",
            "gap_ms",
            "slowest_ms",
            "p50_ms",
            "p99_ms",
            "endless");
    List<String> headings = new ArrayList<>(List.of("row"));
    headings.addAll(columns);
    Table rows = new Table(headings.toArray(String[]::new));
    found.forEach(
        (name, readings) -> {
          List<String> cells = new ArrayList<>(List.of(name));
          columns.forEach(column -> cells.add(cell(readings.get(column))));
          rows.row(cells.toArray());
        });
    System.out.println();
    System.out.println(rows);
    System.out.print(Figure.table(bars.closing(), bars.further()));
  }

  private static String cell(@Nullable Double value) {
    return value == null ? "-" : "%.0f".formatted(value);
  }
}
