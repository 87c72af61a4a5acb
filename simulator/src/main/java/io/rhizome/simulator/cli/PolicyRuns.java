// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import io.rhizome.simulator.routing.PolicyRun;
import io.rhizome.simulator.routing.RequestLines;
import io.rhizome.simulator.routing.RoutingMesh.RouterSource;
import io.rhizome.simulator.routing.Tally;
import io.rhizome.simulator.routing.Trial;
import io.rhizome.simulator.routing.Watch;
import io.rhizome.simulator.scenario.RoutingScenario;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario by each policy with each seed: of one seed, all meet the same requests, run times
 * and disturbances.
 */
final class PolicyRuns {
  private final RoutingScenario scenario;
  private final Trial trial;
  private final List<String> policies;
  private final SortedMap<String, RouterSource> sources;
  private final @Nullable Path csv;

  /**
   * Nothing runs yet.
   *
   * @param policies in the order in which they are compared
   * @param sources a policy's routers
   * @param csv a directory for a file for each run, with a line for each request; null for none
   */
  PolicyRuns(
      RoutingScenario scenario,
      List<String> policies,
      SortedMap<String, RouterSource> sources,
      @Nullable Path csv) {
    this.scenario = scenario;
    this.trial = scenario.trial();
    this.policies = List.copyOf(policies);
    this.sources = sources;
    this.csv = csv;
  }

  /**
   * Runs them all.
   *
   * @param begins hears of each run before it begins
   * @param ended hears of each when it has ended
   * @return the runs of each policy, in order
   */
  List<List<PolicyRun>> run(Seeds seeds, Consumer<String> begins, Consumer<PolicyRun> ended)
      throws IOException {
    List<List<PolicyRun>> all = new ArrayList<>();
    policies.forEach(policy -> all.add(new ArrayList<>()));
    for (long seed : seeds.all().toArray()) {
      for (int i = 0; i < policies.size(); i++) {
        String policy = policies.get(i);
        begins.accept("seed " + seed + ", " + policy);
        PolicyRun run = PolicyRun.of(policy, seed, tally(policy, seed));
        all.get(i).add(run);
        ended.accept(run);
      }
    }
    if (csv != null) {
      Files.writeString(csv.resolve(scenario.name() + ".csv"), table(all), StandardCharsets.UTF_8);
    }
    return all;
  }

  private Tally tally(String policy, long seed) throws IOException {
    RouterSource source = sources.get(policy);
    if (source == null) {
      throw new IllegalStateException("no routers of policy " + policy);
    }
    if (csv == null) {
      return trial.run(seed, seed, source, new Watch() {});
    }
    String file = policy.replaceAll("[^A-Za-z0-9._=-]", "_");
    Path path = csv.resolve(scenario.name() + "-" + file + "-" + seed + ".csv");
    try (BufferedWriter out = Files.newBufferedWriter(path)) {
      write(out, RequestLines.HEADER);
      Watch lines = new RequestLines(trial.warmUpNanos(), line -> write(out, line));
      return trial.run(seed, seed, source, lines);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void write(BufferedWriter out, String line) {
    try {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line for each run, those of one seed together. */
  private static String table(List<List<PolicyRun>> all) {
    StringBuilder text = new StringBuilder("policy,seed,requests,failed,mean_ms,p50_ms,p99_ms\n");
    for (int i = 0; i < all.get(0).size(); i++) {
      for (List<PolicyRun> runs : all) {
        PolicyRun run = runs.get(i);
        text.append(
            String.format(
                Locale.ROOT,
                "\"%s\",%d,%d,%d,%.3f,%s,%s%n",
                run.policy(),
                run.seed(),
                run.requests(),
                run.failed(),
                run.meanMillis(),
                finite(run.p50Millis()),
                finite(run.p99Millis())));
      }
    }
    return text.toString();
  }

  /** Empty for what has no end. */
  private static String finite(double millis) {
    return Double.isInfinite(millis) ? "" : String.format(Locale.ROOT, "%.3f", millis);
  }
}
