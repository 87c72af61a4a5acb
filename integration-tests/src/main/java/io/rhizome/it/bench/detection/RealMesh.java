// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.detection;

import io.rhizome.it.GossipProcess;
import io.rhizome.it.GossipProcess.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** {@link GossipProcess}es on loopback. For one thread. */
final class RealMesh implements AutoCloseable {
  private static final Duration MEETING_LIMIT = Duration.ofMinutes(3);

  private final int nodes;
  private final int firstPort;
  private final Process[] processes;
  private final int[] epochs;
  private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

  /** Nanoseconds since 1970. */
  private record Seen(long atNanos, int observer, Kind kind, int subject) {}

  private RealMesh(int nodes, int firstPort) {
    this.nodes = nodes;
    this.firstPort = firstPort;
    this.processes = new Process[nodes + 1];
    this.epochs = new int[nodes + 1];
  }

  /** Starts that many, on as many ports, and returns when all know each other. */
  static RealMesh start(int nodes, int firstPort) throws IOException {
    RealMesh mesh = new RealMesh(nodes, firstPort);
    try {
      for (int node = 1; node <= nodes; node++) {
        mesh.launch(node);
      }
      Awaitility.await("all nodes to know each other")
          .atMost(MEETING_LIMIT)
          .until(() -> mesh.meetings() == nodes * (nodes - 1));
      return mesh;
    } catch (IOException | RuntimeException e) {
      mesh.close();
      throw e;
    }
  }

  private int meetings() {
    return (int)
        seen.stream()
            .filter(one -> one.kind() == Kind.JOINED)
            .map(one -> one.observer() * nodes + one.subject())
            .distinct()
            .count();
  }

  private void launch(int node) throws IOException {
    epochs[node]++;
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                GossipProcess.class.getName(),
                String.valueOf(node),
                String.valueOf(nodes),
                String.valueOf(firstPort),
                String.valueOf(epochs[node])));
    Process started = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    processes[node] = started;
    Thread reader = new Thread(() -> read(node, started), "gossip-" + node);
    reader.setDaemon(true);
    reader.start();
  }

  private void read(int node, Process process) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Seen one = parse(node, line);
        if (one != null) {
          seen.add(one);
        }
      }
    } catch (IOException e) {
      // It was killed while it wrote.
      System.err.println("node " + node + ": " + e.getMessage());
    }
  }

  /** Null for a line that is not a notice, as a log's. */
  private static @Nullable Seen parse(int node, String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 3 || !words[0].chars().allMatch(Character::isDigit)) {
      return null;
    }
    return new Seen(
        Long.parseLong(words[0]), node, Kind.valueOf(words[1]), Integer.parseInt(words[2]));
  }

  private Process process(int node) {
    return Objects.requireNonNull(processes[node], "not started");
  }

  void begin(Outage outage) throws IOException, InterruptedException {
    switch (outage.kind()) {
      case KILL -> process(outage.victim()).destroyForcibly().waitFor();
      case STOP -> signal("STOP", outage.victim());
    }
  }

  void end(Outage outage) throws IOException, InterruptedException {
    switch (outage.kind()) {
      case KILL -> launch(outage.victim());
      case STOP -> signal("CONT", outage.victim());
    }
  }

  private void signal(String name, int node) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process(node).pid()))
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " of node " + node + " failed");
    }
  }

  /** What was noticed since that moment. */
  List<Notice> since(Instant start) {
    long startNanos = start.getEpochSecond() * 1_000_000_000L + start.getNano();
    List<Notice> notices = new ArrayList<>();
    for (Seen one : seen) {
      if (one.atNanos() >= startNanos) {
        notices.add(
            new Notice(one.atNanos() - startNanos, one.observer(), one.kind(), one.subject()));
      }
    }
    return notices;
  }

  @Override
  public void close() {
    for (Process process : processes) {
      if (process != null) {
        process.destroyForcibly();
      }
    }
    try {
      for (Process process : processes) {
        if (process != null && !process.waitFor(5, TimeUnit.SECONDS)) {
          System.err.println("process " + process.pid() + " does not end");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
