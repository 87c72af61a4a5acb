// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Checkout;
import io.rhizome.it.Command;
import io.rhizome.it.Table;
import io.rhizome.it.Trees;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the container image weighs, and how long a container takes until its node is ready. */
final class ContainerBench implements Benchmark {
  private static final String BASE = "rhizome-base";
  private static final String IMAGE = "rhizome-bench";
  private static final double MB = 1e6;
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final boolean quick;
  private final int starts;

  ContainerBench(boolean quick) {
    this.quick = quick;
    this.starts = quick ? 3 : 5;
  }

  @Override
  public String name() {
    return "container";
  }

  @Override
  public List<String> method() {
    return List.of(
        "The image is built by deploy/image; image_mb is what it adds to its base, in 10^6 bytes, not",
        "compressed. One node of a mesh of one runs in a container with a read-only root: once to warm",
        "caches, then "
            + starts
            + " times, measured. ready_s: from `docker run` to the node's line",
        "`ready:`, so Docker's own work included. Medians.");
  }

  @Override
  public Result run(Checkout checkout) throws IOException, InterruptedException {
    Command.run(
            checkout.root(),
            BUILD_LIMIT,
            List.of(checkout.root().resolve("deploy/image").toString(), IMAGE, BASE))
        .orThrow();
    double megabytes = (bytes(IMAGE) - bytes(BASE)) / MB;
    Path directory = Files.createTempDirectory("rhizome-container-");
    try {
      command(
          List.of(
              checkout.launcher().toString(),
              "init",
              "--hosts",
              "localhost",
              directory.resolve("mesh").toString()));
      return measure(directory.resolve("mesh/node-1"), megabytes);
    } finally {
      Trees.delete(directory);
    }
  }

  private Result measure(Path home, double megabytes) throws IOException, InterruptedException {
    Table table = new Table("start", "ready s");
    List<Map<String, Object>> rows = new ArrayList<>();
    double[] ready = new double[starts];
    for (int i = -1; i < starts; i++) {
      double seconds = start(home);
      table.row(i < 0 ? "warm-up" : i + 1, Figure.text(seconds));
      if (i >= 0) {
        ready[i] = seconds;
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("start", i + 1);
        row.put("ready_s", seconds);
        rows.add(row);
      }
    }
    System.out.print(table);
    return new Result(
        name(),
        method(),
        quick,
        0,
        List.of(
            Figure.reported("image_mb", megabytes), Figure.reported("ready_s", Median.of(ready))),
        rows);
  }

  /** Runs one container until its node is ready, and stops it; seconds until ready. */
  private static double start(Path home) throws IOException, InterruptedException {
    String name = "rhizome-bench-" + ProcessHandle.current().pid();
    String user = Files.getAttribute(home, "unix:uid") + ":" + Files.getAttribute(home, "unix:gid");
    List<String> words =
        List.of(
            "docker",
            "run",
            "--rm",
            "--name",
            name,
            "--user",
            user,
            "--read-only",
            "--tmpfs",
            "/tmp",
            "--volume",
            home + ":/data",
            IMAGE);
    long begun = System.nanoTime();
    Process container =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      awaitReady(container);
      return (System.nanoTime() - begun) / 1e9;
    } finally {
      command(List.of("docker", "stop", name));
      container.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void awaitReady(Process container) throws InterruptedException {
    CompletableFuture<Boolean> ready =
        CompletableFuture.supplyAsync(
            () -> {
              BufferedReader lines = container.inputReader();
              return lines.lines().anyMatch(line -> line.startsWith("ready: node "));
            });
    try {
      if (!ready.get(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the container ended before its node was ready");
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no ready node within " + LIMIT, e);
    }
  }

  private static double bytes(String image) throws IOException, InterruptedException {
    return Double.parseDouble(
        command(List.of("docker", "image", "inspect", "--format", "{{.Size}}", image)).strip());
  }

  private static String command(List<String> words) throws IOException, InterruptedException {
    return Command.run(Path.of("/"), LIMIT, words).orThrow().out();
  }
}
