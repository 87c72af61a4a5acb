// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.simulator.invariant.InvariantViolation.Origin;
import io.rhizome.simulator.routing.Policies;
import io.rhizome.simulator.routing.RoutingMesh.RouterSource;
import io.rhizome.simulator.scenario.AnyScenario;
import io.rhizome.simulator.scenario.RoutingScenario;
import io.rhizome.simulator.scenario.Row;
import io.rhizome.simulator.scenario.Scenario;
import io.rhizome.simulator.scenario.ScenarioException;
import io.rhizome.simulator.scenario.ScenarioRun;
import io.rhizome.simulator.scenario.ScenarioRun.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rhizome sim run}. */
@Command(
    name = "run",
    description = "Run a scenario, once for each seed.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      description = "The scenario as YAML, or the name of one of `rhizome sim list`.")
  String file = "";

  @Option(
      names = "--seeds",
      paramLabel = "A..B",
      defaultValue = "1",
      converter = Seeds.Converter.class,
      description = "The seeds, 7 or 1..30; default ${DEFAULT-VALUE}.")
  Seeds seeds = new Seeds(1, 1);

  @Option(
      names = "--csv",
      paramLabel = "DIR",
      description =
          "Write a file per seed there, a line per virtual second; of routing, a file per seed and"
              + " policy, a line per request, and one with a line per seed and policy.")
  @Nullable Path csv;

  @Option(
      names = "--policy",
      paramLabel = "NAME|CLASS",
      description =
          "Who chooses, in scenarios of kind routing: a router's name, a class on the class path"
              + " that is one, or omniscient; with parameters as in prequal:probes=5. Again for"
              + " each that is to be compared; without, hot_cold.")
  List<String> policies = List.of();

  @Option(
      names = "--json",
      description = "Print one JSON object per seed; of routing, per seed and policy, then policy.")
  boolean json;

  @Override
  public Integer call() throws IOException, ScenarioException {
    AnyScenario found = Shipped.find(file);
    if (csv != null) {
      Files.createDirectories(csv);
    }
    if (found instanceof RoutingScenario routing) {
      return compare(routing);
    }
    if (!policies.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--policy is for scenarios of kind routing, and " + file + " is one of gossip");
    }
    return run((Scenario) found);
  }

  private int run(Scenario scenario) throws IOException {
    String commit = commit();
    int broken = 0;
    for (long seed : seeds.all().toArray()) {
      Outcome outcome = ScenarioRun.of(scenario, new Origin(file, seed, commit), listener(seed));
      if (csv != null) {
        write(csv.resolve(scenario.name() + "-" + seed + ".csv"), outcome);
      }
      print(scenario, outcome);
      broken += outcome.failure() == null ? 0 : 1;
    }
    return broken == 0 ? 0 : 1;
  }

  private int compare(RoutingScenario scenario) throws IOException {
    List<String> chosen = policies.isEmpty() ? List.of("hot_cold") : policies;
    PolicyReport report = new PolicyReport(scenario, json, spec.commandLine().getOut());
    PolicyRuns runs = new PolicyRuns(scenario, chosen, sources(chosen), csv);
    Consumer<String> progress = progress();
    report.onEnd(runs.run(seeds, progress, report::onRun));
    return 0;
  }

  private SortedMap<String, RouterSource> sources(List<String> chosen) {
    SortedMap<String, RouterSource> sources = new TreeMap<>();
    try {
      Policies known = new Policies();
      for (String policy : chosen) {
        if (sources.put(policy, known.find(policy)) != null) {
          throw new IllegalArgumentException("'" + policy + "' is given twice");
        }
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--policy: " + e.getMessage(), e);
    }
    return sources;
  }

  /** Progress on standard error; the launcher knows whether that is a terminal. */
  private Consumer<String> progress() {
    if (!Boolean.getBoolean("rhizome.terminal")) {
      return text -> {};
    }
    PrintWriter err = spec.commandLine().getErr();
    return text -> {
      err.print("\r" + text + " \r");
      err.flush();
    };
  }

  private Consumer<Row> listener(long seed) {
    Consumer<String> progress = progress();
    return row -> progress.accept("seed " + seed + ", " + row.second() + " s");
  }

  private void print(Scenario scenario, Outcome outcome) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode line = JSON.createObjectNode();
      line.put("scenario", scenario.name());
      line.put("seed", outcome.seed());
      line.put("failure", outcome.failure());
      line.put("false_deaths", outcome.falseDeaths());
      line.put("packets", outcome.packets());
      line.put("hash", Long.toHexString(outcome.hash()));
      if (outcome.converged() != null) {
        line.put("converged_s", outcome.converged().toMillis() / 1e3);
      }
      out.println(line);
    } else {
      String end =
          outcome.converged() == null
              ? "all held"
              : "all held, one view %.2f s after the faults"
                  .formatted(outcome.converged().toMillis() / 1e3);
      out.printf(
          "%s, seed %d: %s (%d s, %d packets, %d false deaths, hash %x)%n",
          scenario.name(),
          outcome.seed(),
          outcome.failure() == null ? end : "BROKEN " + outcome.failure(),
          outcome.rows().size(),
          outcome.packets(),
          outcome.falseDeaths(),
          outcome.hash());
    }
    out.flush();
  }

  private static void write(Path file, Outcome outcome) throws IOException {
    StringBuilder text =
        new StringBuilder(
            "second,running,alive,suspect,dead,joined,suspected,died,false_deaths,packets,"
                + "sent_bytes\n");
    for (Row row : outcome.rows()) {
      text.append(row.second()).append(',').append(row.running()).append(',');
      text.append(row.alive()).append(',').append(row.suspect()).append(',');
      text.append(row.dead()).append(',').append(row.joined()).append(',');
      text.append(row.suspected()).append(',').append(row.died()).append(',');
      text.append(row.falseDeaths()).append(',').append(row.packets()).append(',');
      text.append(row.sentBytes()).append('\n');
    }
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  private static String commit() throws IOException {
    Properties build = new Properties();
    try (InputStream in = RunCommand.class.getResourceAsStream("/rhizome-build.properties")) {
      if (in != null) {
        build.load(in);
      }
    }
    return build.getProperty("commit", "unknown");
  }
}
