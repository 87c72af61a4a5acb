// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.Benchmark;
import io.rhizome.it.bench.Figure;
import io.rhizome.it.bench.Median;
import io.rhizome.it.bench.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a write of policy costs, and what faults cost: time, never an acknowledged write. */
public final class PolicyBench implements Benchmark {
  private static final int VOTERS = 3;
  private static final int FOLLOWERS = 1;
  private static final double GAP_MEDIAN_SECONDS = 2.5;
  private static final double GAP_SECONDS = 6;
  private static final long HANG_SECONDS = 15;

  private final boolean quick;
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final List<Figure> figures = new ArrayList<>();
  private int acknowledged;
  private int lost;
  private int faults;

  /** The benchmark, or a glance of it. */
  public PolicyBench(boolean quick) {
    this.quick = quick;
  }

  @Override
  public String name() {
    return "policy";
  }

  @Override
  public List<String> method() {
    return List.of("Three voters and a follower on loopback.");
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    try (PolicyMesh mesh = PolicyMesh.found(checkout, VOTERS, FOLLOWERS, unchanged -> {})) {
      put(mesh);
      kill(mesh);
      hang(mesh);
    }
    figures.add(Figure.counted("acked", acknowledged));
    figures.add(Figure.none("lost", lost + faults));
    return new Result(name(), method(), quick, 0, figures, rows);
  }

  private void put(PolicyMesh mesh) throws IOException {
    say("put");
    PutPart.Found found =
        PutPart.run(mesh, mesh.node(1).directory(), quick ? 300 : 1000, quick ? 500 : 3000);
    System.out.println("  " + found);
    figures.add(Figure.required("put_p50_ms", found.putP50(), found.limitP50()));
    figures.add(Figure.reported("put_p50_limit_ms", found.limitP50()));
    figures.add(Figure.required("put_p99_ms", found.putP99(), found.limitP99()));
    figures.add(Figure.reported("put_p99_limit_ms", found.limitP99()));
    row("put", "force_p50_ms", found.forceP50(), "force_p99_ms", found.forceP99());
    audit(mesh);
  }

  private void kill(PolicyMesh mesh) throws IOException, InterruptedException {
    say("kill -9 of the leader");
    double[] gaps = LeaderPart.kill(mesh, quick ? 5 : 20);
    audit(mesh);
    figures.add(Figure.required("gap_p50_s", Median.of(gaps), GAP_MEDIAN_SECONDS));
    figures.add(Figure.required("gap_max_s", max(gaps), GAP_SECONDS));
    for (double gap : gaps) {
      row("kill", "gap_s", gap);
    }
  }

  private void hang(PolicyMesh mesh) throws IOException, InterruptedException {
    say("SIGSTOP of the leader");
    double[] gaps = LeaderPart.hang(mesh, quick ? 1 : 5, HANG_SECONDS);
    audit(mesh);
    figures.add(Figure.required("hang_gap_s", max(gaps), GAP_SECONDS));
    for (double gap : gaps) {
      row("hang", "gap_s", gap);
    }
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }

  private static void say(String part) {
    System.out.println(part + ":");
  }

  private void audit(PolicyMesh mesh) {
    Audit audit = Audit.of(mesh);
    System.out.println("  " + audit);
    acknowledged = audit.acknowledged();
    lost = audit.lost();
    faults = audit.faults().size();
  }

  private void row(String part, Object... values) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("part", part);
    for (int i = 0; i < values.length; i += 2) {
      row.put(String.valueOf(values[i]), values[i + 1]);
    }
    rows.add(row);
  }
}
