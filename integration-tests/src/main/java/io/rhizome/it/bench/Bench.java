// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Checkout;
import io.rhizome.it.bench.detection.GossipRealBench;
import io.rhizome.it.bench.faults.FaultsBench;
import io.rhizome.it.bench.faults.FaultsRow;
import io.rhizome.it.bench.gossip.GossipBench;
import io.rhizome.it.bench.gossip.GossipRow;
import io.rhizome.it.bench.jobs.JobsBench;
import io.rhizome.it.bench.jobs.JobsRow;
import io.rhizome.it.bench.policy.PolicyBench;
import io.rhizome.it.bench.routing.RoutingBench;
import io.rhizome.it.bench.routing.RoutingRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Runs one benchmark: {@code NAME [--quick]}. Prints its method, its table and {@code NAME
 * key=value ...}, and writes {@code integration-tests/results/NAME.json}. Exit status 1 if a figure
 * misses its bar, 2 for a wrong call. {@code readme} instead of a name makes the README's table
 * anew; {@code gossip --row NAME [--quick] [--seed N]}, {@code routing --row NAME [--quick] [--seed
 * N]}, {@code faults --row NAME[,NAME...]} and {@code jobs --row NAME[,NAME...]} run some of these
 * benchmarks' rows alone and write nothing.
 */
public final class Bench {
  private Bench() {}

  /** See the class. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    if (words.equals(List.of("readme"))) {
      updateReadme();
      return;
    }
    if (words.size() > 2 && words.subList(0, 2).equals(List.of("gossip", "--row"))) {
      GossipRow.main(words.subList(2, words.size()).toArray(String[]::new));
      return;
    }
    if (words.size() > 2 && words.subList(0, 2).equals(List.of("faults", "--row"))) {
      FaultsRow.main(words.subList(2, words.size()).toArray(String[]::new));
      return;
    }
    if (words.size() > 2 && words.subList(0, 2).equals(List.of("jobs", "--row"))) {
      JobsRow.main(words.subList(2, words.size()).toArray(String[]::new));
      return;
    }
    if (words.size() > 2 && words.subList(0, 2).equals(List.of("routing", "--row"))) {
      RoutingRow.main(words.subList(2, words.size()).toArray(String[]::new));
      return;
    }
    boolean quick = words.contains("--quick");
    List<Benchmark> benchmarks =
        List.of(
            new HopBench(quick),
            new StartBench(quick),
            new RestBench(quick),
            new FetchBench(quick),
            new ContainerBench(quick),
            new PolicyBench(quick),
            new GossipBench(quick),
            new GossipRealBench(quick),
            new FaultsBench(quick),
            new RoutingBench(quick),
            new JobsBench(quick));
    List<String> names = words.stream().filter(word -> !word.equals("--quick")).toList();
    Optional<Benchmark> chosen =
        benchmarks.stream().filter(b -> names.equals(List.of(b.name()))).findFirst();
    if (chosen.isEmpty()) {
      System.err.println(
          "usage: deploy/bench NAME [--quick], NAME one of "
              + String.join(", ", benchmarks.stream().map(Benchmark::name).toList()));
      System.exit(2);
    }
    System.exit(run(chosen.orElseThrow()) ? 0 : 1);
  }

  private static void updateReadme() throws IOException {
    Checkout checkout = Checkout.find();
    Path readme = checkout.root().resolve("README.md");
    Files.writeString(readme, ReadmeTable.update(Files.readString(readme), checkout.results()));
    System.out.println("the README's table is as " + checkout.results() + " has it");
  }

  private static boolean run(Benchmark benchmark) throws IOException, InterruptedException {
    Checkout checkout = Checkout.find();
    System.out.println("Method of " + benchmark.name() + ":");
    benchmark.method().forEach(line -> System.out.println("  " + line));
    System.out.println();
    Result result = benchmark.run(checkout);
    Path file = result.write(checkout.results(), Commit.read(checkout.root()), Machine.read());
    System.out.println();
    for (Figure figure : result.allFigures()) {
      if (!figure.holds()) {
        System.out.println(figure.name() + " " + figure.text() + " misses " + figure.bar());
      }
    }
    System.out.println("written to " + checkout.root().relativize(file));
    System.out.println(result.closingLine());
    return result.holds();
  }
}
