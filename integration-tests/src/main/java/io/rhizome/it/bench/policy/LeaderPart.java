// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.it.bench.Figure;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Takes the leader away while writers write: killed, or stopped and let go on. */
final class LeaderPart {
  private static final int WRITERS = 4;
  private static final int SETTLED_WRITES = 40;

  /** Beyond that many writes while it is away, a node is sent the whole instead of each record. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private LeaderPart() {}

  /**
   * Kill -9 of the leader, again and again; it comes back each time, and has caught up before the
   * next.
   *
   * @return for each, the longest time without an acknowledged write, in seconds
   */
  static double[] kill(PolicyMesh mesh, int times) throws IOException, InterruptedException {
    double[] gaps = new double[times];
    try (Writers writers = new Writers(mesh, WRITERS, PAUSE_NANOS)) {
      for (int i = 0; i < times; i++) {
        writers.awaitMore(SETTLED_WRITES);
        int leader = mesh.leader();
        long from = System.nanoTime();
        mesh.node(leader).kill();
        writers.awaitMore(SETTLED_WRITES);
        mesh.start(List.of(leader));
        mesh.awaitVersion(leader, mesh.acks().newest());
        gaps[i] = gap("kill -9", i, leader, mesh, from);
      }
      System.out.println("  writes without an answer: " + writers.unanswered());
    }
    return gaps;
  }

  /**
   * SIGSTOP of the leader for that long, again and again.
   *
   * @return for each, the longest time without an acknowledged write, in seconds
   */
  static double[] hang(PolicyMesh mesh, int times, long seconds)
      throws IOException, InterruptedException {
    double[] gaps = new double[times];
    try (Writers writers = new Writers(mesh, WRITERS, PAUSE_NANOS)) {
      for (int i = 0; i < times; i++) {
        writers.awaitMore(SETTLED_WRITES);
        int leader = mesh.leader();
        long from = System.nanoTime();
        mesh.node(leader).suspend();
        TimeUnit.SECONDS.sleep(seconds);
        mesh.node(leader).resume();
        writers.awaitMore(SETTLED_WRITES);
        mesh.awaitVersion(leader, mesh.acks().newest());
        gaps[i] = gap("SIGSTOP", i, leader, mesh, from);
      }
    }
    return gaps;
  }

  private static double gap(String what, int i, int leader, PolicyMesh mesh, long from) {
    double gap = mesh.acks().longestGapSeconds(from, System.nanoTime());
    System.out.printf(
        "  %s %d of the leader, node %d: %s s without an acknowledged write, %d acknowledged%n",
        what, i + 1, leader, Figure.text(gap), mesh.acks().count());
    return gap;
  }
}
