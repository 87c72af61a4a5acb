// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.Benchmark;
import io.rhizome.it.bench.Figure;
import io.rhizome.it.bench.Result;
import io.rhizome.it.bench.RowLines;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether jobs are done once each, whatever befalls the nodes, and what they cost. */
public final class JobsBench implements Benchmark {
  static final long SEED = 1;

  private final Scale scale;

  /** At full length, or in under five minutes. */
  public JobsBench(boolean quick) {
    this.scale = new Scale(quick, SEED);
  }

  @Override
  public String name() {
    return "jobs";
  }

  @Override
  public List<String> method() {
    List<String> lines = new ArrayList<>();
    if (scale.quick()) {
      lines.add("For a glance: nodes that compile with C1 alone, which is fast from the start on;");
      lines.add(
          "kill, hang, rate and disk one after the other on one mesh, each other row on its own;");
    } else {
      lines.add("Each row on a mesh of its own;");
    }
    lines.addAll(
        List.of(
            "three nodes of one site unless said otherwise, each a",
            "process that holds a model of the engine timer: 1 ms, "
                + JobsMesh.WORKERS
                + " workers."
                + " Jobs over gRPC; item i",
            "has 1 + i mod 8 values, so that an answer that is another item's shows. Results are read",
            "from the first item to the last. lost: items without a result, or with an error or a",
            "wrong answer; duplicates: results beyond the first of their item; both over all rows",
            "that read results. partition and sites run in network namespaces around a router that",
            "drops packets, the clients in one of their own. Rows:"));
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
    Bars bars = new Bars(Sizes.items(scale), found);
    System.out.println();
    System.out.print(Figure.table(bars.closing(), bars.further()));
    return new Result(
        name(),
        method(),
        scale.quick(),
        SEED,
        bars.closing(),
        bars.further(),
        RowLines.written(found));
  }
}
