// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.it.NodeProcess;
import io.rhizome.it.Trees;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Kills everything at once, spoils a log's end, and takes a disk away. */
final class RestartPart {
  private static final int WRITERS = 4;
  private static final int SETTLED_WRITES = 40;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int TORN_BYTES = 8;

  private RestartPart() {}

  /**
   * Kill -9 of all nodes, again and again, while writers write; all start again.
   *
   * @return for each, how long after the kill something was written again, in seconds
   */
  static double[] restartAll(PolicyMesh mesh, int times) throws IOException, InterruptedException {
    double[] seconds = new double[times];
    try (Writers writers = new Writers(mesh, WRITERS, PAUSE_NANOS)) {
      for (int i = 0; i < times; i++) {
        writers.awaitMore(SETTLED_WRITES);
        mesh.kill(mesh.all());
        long from = System.nanoTime();
        mesh.start(mesh.all());
        writers.awaitMore(1);
        seconds[i] = (System.nanoTime() - from) / 1e9;
        System.out.printf("  restart %d of all: written again after %.1f s%n", i + 1, seconds[i]);
      }
      writers.awaitMore(SETTLED_WRITES);
    }
    return seconds;
  }

  /**
   * Spoils the last bytes of the leader's log, as a write that a power cut interrupted leaves them,
   * while no node runs; then all start, and writers write. Others have that record too: it is
   * acknowledged, and this must cost nothing.
   *
   * @return whether the node's log says so
   */
  static boolean tornTail(PolicyMesh mesh) throws IOException, InterruptedException {
    int torn = mesh.leader();
    mesh.kill(mesh.all());
    tear(newestSegment(mesh.node(torn).directory().resolve("policy/raft")));
    String before = log(mesh.node(torn));
    mesh.start(mesh.all());
    write(mesh);
    return log(mesh.node(torn)).substring(before.length()).contains("was not written whole");
  }

  /**
   * Kills a voter, removes all that it knew of policy, and starts it again, while writers write. It
   * votes again in the end, or another node does in its place.
   *
   * @return whether the node's log says so
   */
  static boolean wiped(PolicyMesh mesh) throws IOException, InterruptedException {
    int wiped = mesh.voters();
    String before = log(mesh.node(wiped));
    try (Writers writers = new Writers(mesh, WRITERS, PAUSE_NANOS)) {
      writers.awaitMore(SETTLED_WRITES);
      mesh.node(wiped).kill();
      Trees.delete(mesh.node(wiped).directory().resolve("policy"));
      mesh.start(List.of(wiped));
      writers.awaitMore(SETTLED_WRITES);
      mesh.awaitVersion(wiped, mesh.acks().newest());
      mesh.awaitVoters();
    }
    return log(mesh.node(wiped)).substring(before.length()).contains("has lost its disk");
  }

  private static void write(PolicyMesh mesh) {
    try (Writers writers = new Writers(mesh, WRITERS, PAUSE_NANOS)) {
      writers.awaitMore(SETTLED_WRITES);
    }
  }

  private static String log(NodeProcess node) throws IOException {
    return Files.readString(node.log());
  }

  private static Path newestSegment(Path log) throws IOException {
    try (Stream<Path> files = Files.list(log)) {
      return files
          .filter(file -> file.getFileName().toString().matches("policy-\\d+\\.log"))
          .max(Comparator.comparingLong(RestartPart::number))
          .orElseThrow(() -> new IllegalStateException("no log in " + log));
    }
  }

  private static long number(Path segment) {
    return Long.parseLong(segment.getFileName().toString().replaceAll("\\D", ""));
  }

  private static void tear(Path segment) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      byte[] all = new byte[Math.toIntExact(file.length())];
      file.readFully(all);
      int end = all.length;
      while (end > 0 && all[end - 1] == 0) {
        end--;
      }
      file.seek(end - TORN_BYTES);
      file.write(new byte[TORN_BYTES]);
    }
  }
}
