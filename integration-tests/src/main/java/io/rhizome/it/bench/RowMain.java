// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.simulator.experiment.Experiment;
import io.rhizome.simulator.experiment.Reading;
import java.util.List;
import java.util.function.Consumer;

/**
 * One experiment in this JVM: {@code NAME [--quick] [--seed N]}. What it is about goes to standard
 * error, a line {@code name value} for each reading to standard output: what {@link RowProcess}
 * reads.
 */
public final class RowMain {
  private RowMain() {}

  /** Makes an experiment by its name, or a glance of it. */
  public interface Maker {
    /** One that was not run yet. */
    Experiment experiment(String name, boolean quick);
  }

  /** Runs what these arguments ask for; exit status 2 for a wrong call. */
  public static void run(List<String> names, Maker maker, String[] args) {
    List<String> words = List.of(args);
    int seedAt = words.indexOf("--seed");
    if (words.isEmpty() || !names.contains(words.get(0)) || seedAt == words.size() - 1) {
      System.err.println(
          "usage: NAME [--quick] [--seed N], NAME one of " + String.join(", ", names));
      System.exit(2);
    }
    String name = words.get(0);
    long seed = seedAt < 0 ? 1 : Long.parseLong(words.get(seedAt + 1));
    long began = System.nanoTime();
    Consumer<String> progress =
        line ->
            System.err.printf("%s, %.0f s: %s%n", name, (System.nanoTime() - began) / 1e9, line);
    for (Reading reading : maker.experiment(name, words.contains("--quick")).run(seed, progress)) {
      System.out.println(reading.name() + " " + reading.value());
    }
  }
}
