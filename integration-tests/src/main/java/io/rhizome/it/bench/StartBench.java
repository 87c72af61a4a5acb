// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Checkout;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.PortPlan;
import io.rhizome.it.Table;
import io.rhizome.v1.StatusRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** From the start of a node to its readiness, and what it weighs then. */
final class StartBench implements Benchmark {
  private static final double READY_SECONDS_AT_MOST = 2.5;
  private static final double RSS_MB_AT_MOST = 300;
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);

  private final boolean quick;
  private final int starts;

  StartBench(boolean quick) {
    this.quick = quick;
    this.starts = quick ? 3 : 5;
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public List<String> method() {
    return List.of(
        "One node of a mesh of one, without a model, is started by the launcher and stopped again:",
        "once to warm the caches (engine libraries unpacked), then " + starts + " times, measured.",
        "ready_s: from starting the process to its line `ready:`, which it prints once its engine",
        "is initialised and its ports are open; rss_mb: VmRSS right after. Medians.");
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    Table table = new Table("start", "ready s", "rss MB");
    List<Map<String, Object>> rows = new ArrayList<>();
    double[] ready = new double[starts];
    double[] rss = new double[starts];
    try (LocalMesh mesh = LocalMesh.found(checkout, 1, List.of(), PortPlan.free(1, new Random()))) {
      NodeProcess node = mesh.node(1);
      for (int i = -1; i < starts; i++) {
        node.start();
        double seconds = node.awaitReady(READY_LIMIT).toNanos() / 1e9;
        double megabytes = ProcessCounters.residentMb(node.pid());
        requireEngine(mesh);
        node.terminate();
        node.awaitExit(STOP_LIMIT);
        table.row(i < 0 ? "warm-up" : i + 1, Figure.text(seconds), Figure.text(megabytes));
        if (i >= 0) {
          ready[i] = seconds;
          rss[i] = megabytes;
          rows.add(row(i, seconds, megabytes));
        }
      }
    }
    System.out.print(table);
    return new Result(
        name(),
        method(),
        quick,
        0,
        List.of(
            Figure.required("ready_s", Median.of(ready), READY_SECONDS_AT_MOST),
            Figure.required("rss_mb", Median.of(rss), RSS_MB_AT_MOST)),
        rows);
  }

  /** A start that left the engine for later would be no start. */
  private static void requireEngine(LocalMesh mesh) {
    List<String> engines =
        mesh.client(1)
            .admin(CALL_LIMIT)
            .status(StatusRequest.getDefaultInstance())
            .getEnginesList();
    if (!engines.contains("pytorch")) {
      throw new IllegalStateException("the node is ready without PyTorch: " + engines);
    }
  }

  private static Map<String, Object> row(int i, double seconds, double megabytes) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("start", i + 1);
    row.put("ready_s", seconds);
    row.put("rss_mb", megabytes);
    return row;
  }
}
