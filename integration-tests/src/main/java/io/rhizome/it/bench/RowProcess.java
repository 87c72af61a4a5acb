// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs experiments, each in a JVM of its own. */
public final class RowProcess {
  private static final Path TASKSET = Path.of("/usr/bin/taskset");

  /** A core that is there on every machine. */
  private static final String ONE_CORE = "0";

  private static final long LIMIT_MINUTES = 28;

  private final Class<?> main;
  private final List<String> options;

  /**
   * JVMs that all run that class with these options.
   *
   * @param main takes {@code NAME [--quick] --seed N}, and prints a line {@code name value} for
   *     each reading
   */
  public RowProcess(Class<?> main, List<String> options) {
    this.main = main;
    this.options = List.copyOf(options);
  }

  /**
   * Runs one; what it is about goes to this process's standard error.
   *
   * @param bound to one core, as far as the system can bind it
   * @return the readings by name; none where it failed or took too long, of which this tells
   */
  public Map<String, Double> run(String name, boolean quick, long seed, boolean bound)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("row-" + name, ".txt");
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command(name, quick, seed, bound))
            .redirectOutput(file.toFile())
            .redirectError(Redirect.INHERIT)
            .start();
    try {
      boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
      boolean well = ended && process.exitValue() == 0;
      String how = well ? "" : ended ? ", with status " + process.exitValue() : ", unfinished";
      System.out.printf("%s ended after %.0f s%s%n", name, (System.nanoTime() - began) / 1e9, how);
      return well ? read(file) : new LinkedHashMap<>();
    } finally {
      process.destroyForcibly();
      Files.delete(file);
    }
  }

  private List<String> command(String name, boolean quick, long seed, boolean bound) {
    List<String> command = new ArrayList<>();
    if (bound && Files.isExecutable(TASKSET)) {
      command.addAll(List.of(TASKSET.toString(), "-c", ONE_CORE));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(main.getName(), name, "--seed", String.valueOf(seed)));
    if (quick) {
      command.add("--quick");
    }
    return command;
  }

  private static Map<String, Double> read(Path file) throws IOException {
    Map<String, Double> readings = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      int space = line.indexOf(' ');
      readings.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
    }
    return readings;
  }
}
