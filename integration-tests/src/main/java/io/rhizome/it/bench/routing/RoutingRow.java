// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import io.rhizome.simulator.experiment.Reading;
import io.rhizome.simulator.routing.RoutingCatalogue;
import java.util.List;
import java.util.function.Consumer;

/**
 * One experiment in this JVM: {@code NAME [--quick] [--seed N]}. Prints what it is about on
 * standard error, and on standard output a line {@code name value} for each figure. Needs nothing
 * but the classes of gossip, scheduler, simulator and this package.
 */
public final class RoutingRow {
  private RoutingRow() {}

  /** See the class; exit status 2 for a wrong call. */
  public static void main(String[] args) {
    List<String> words = List.of(args);
    int seedAt = words.indexOf("--seed");
    if (words.isEmpty()
        || !RoutingCatalogue.NAMES.contains(words.get(0))
        || seedAt == words.size() - 1) {
      System.err.println(
          "usage: NAME [--quick] [--seed N], NAME one of "
              + String.join(", ", RoutingCatalogue.NAMES));
      System.exit(2);
    }
    String name = words.get(0);
    long seed = seedAt < 0 ? 1 : Long.parseLong(words.get(seedAt + 1));
    long began = System.nanoTime();
    Consumer<String> progress =
        line ->
            System.err.printf("%s, %.0f s: %s%n", name, (System.nanoTime() - began) / 1e9, line);
    for (Reading reading :
        RoutingCatalogue.experiment(name, words.contains("--quick")).run(seed, progress)) {
      System.out.println(reading.name() + " " + reading.value());
    }
  }
}
