// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.simulator.routing.Interval;
import io.rhizome.simulator.routing.PolicyRun;
import io.rhizome.simulator.routing.PolicySummary;
import io.rhizome.simulator.scenario.RoutingScenario;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says how policies compare: as a table, or as an object for each run and then each policy. */
final class PolicyReport {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GAP = "  ";

  private final RoutingScenario scenario;
  private final boolean json;
  private final PrintWriter out;

  PolicyReport(RoutingScenario scenario, boolean json, PrintWriter out) {
    this.scenario = scenario;
    this.json = json;
    this.out = out;
  }

  /** One run ended. */
  void onRun(PolicyRun run) {
    if (!json) {
      return;
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("scenario", scenario.name());
    line.put("policy", run.policy());
    line.put("seed", run.seed());
    line.put("requests", run.requests());
    line.put("failed", run.failed());
    put(line, "mean_ms", run.meanMillis());
    put(line, "p50_ms", run.p50Millis());
    put(line, "p99_ms", run.p99Millis());
    line.put("hash", Long.toHexString(run.hash()));
    out.println(line);
    out.flush();
  }

  /** All have ended. */
  void onEnd(List<List<PolicyRun>> all) {
    List<PolicySummary> summaries =
        all.stream().map(runs -> PolicySummary.of(all.get(0), runs)).toList();
    if (json) {
      summaries.forEach(summary -> out.println(object(summary, all.get(0).size())));
    } else {
      long requests = all.get(0).stream().mapToLong(PolicyRun::requests).sum();
      int seeds = all.get(0).size();
      out.printf(
          Locale.ROOT,
          "%s: %d %s, the same %d requests for each policy; times in ms, +- for 95%% intervals%n",
          scenario.name(),
          seeds,
          seeds == 1 ? "seed" : "seeds",
          requests);
      table(summaries).forEach(out::println);
    }
    out.flush();
  }

  private ObjectNode object(PolicySummary summary, int seeds) {
    ObjectNode line = JSON.createObjectNode();
    line.put("scenario", scenario.name());
    line.put("policy", summary.policy());
    line.put("seeds", seeds);
    put(line, "p50_ms", summary.p50Millis());
    put(line, "p99_ms", summary.p99Millis());
    put(line, "failed_percent", summary.failedPercent());
    put(line, "p50_beyond_first_ms", summary.p50Beyond());
    put(line, "p99_beyond_first_ms", summary.p99Beyond());
    return line;
  }

  private static void put(ObjectNode line, String name, Interval interval) {
    ObjectNode value = line.putObject(name);
    put(value, "mean", interval.mean());
    put(value, "half", interval.half());
  }

  /** JSON has no number without end, and none that is none. */
  private static void put(ObjectNode line, String name, double value) {
    if (Double.isFinite(value)) {
      line.put(name, value);
    } else {
      line.putNull(name);
    }
  }

  private static List<String> table(List<PolicySummary> summaries) {
    String first = summaries.get(0).policy();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("policy", "p50", "p99", "failed %", "p50 beyond " + first, "p99 beyond " + first));
    for (PolicySummary summary : summaries) {
      boolean self = summary.policy().equals(first);
      rows.add(
          List.of(
              summary.policy(),
              text("%.1f", summary.p50Millis()),
              text("%.1f", summary.p99Millis()),
              text("%.2f", summary.failedPercent()),
              self ? "" : text("%+.1f", summary.p50Beyond()),
              self ? "" : text("%+.1f", summary.p99Beyond())));
    }
    int columns = summaries.size() == 1 ? 4 : 6;
    return rows.stream().map(row -> line(rows, row.subList(0, columns))).toList();
  }

  private static String line(List<List<String>> rows, List<String> row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      int column = i;
      int width = rows.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
      String padding = " ".repeat(width - row.get(i).length());
      line.append(GAP).append(i == 0 ? row.get(i) + padding : padding + row.get(i));
    }
    return line.toString().stripTrailing();
  }

  private static String text(String form, Interval interval) {
    if (!Double.isFinite(interval.mean())) {
      return "endless";
    }
    String half = form.replace("+", "");
    return String.format(Locale.ROOT, form, interval.mean())
        + (Double.isNaN(interval.half())
            ? ""
            : " +- " + String.format(Locale.ROOT, half, interval.half()));
  }
}
