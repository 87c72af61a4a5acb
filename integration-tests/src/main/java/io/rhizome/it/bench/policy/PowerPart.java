// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Cuts the power of all voters at once, or of the leader alone, while writers write. */
final class PowerPart {
  private static final int WRITERS = 4;
  private static final int SETTLED_WRITES = 40;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private PowerPart() {}

  /** So often each, in turn: all at once, and the leader alone. */
  static void run(PolicyMesh mesh, int times) throws IOException, InterruptedException {
    try (Writers writers = new Writers(mesh, WRITERS, PAUSE_NANOS)) {
      for (int i = 0; i < times; i++) {
        writers.awaitMore(SETTLED_WRITES);
        cut(mesh, mesh.all(), writers);
        System.out.printf("  power cut %d of all%n", i + 1);
        if (mesh.size() > 1) {
          int leader = mesh.leader();
          cut(mesh, List.of(leader), writers);
          System.out.printf("  power cut %d of the leader, node %d%n", i + 1, leader);
        }
      }
    }
  }

  private static void cut(PolicyMesh mesh, List<Integer> nodes, Writers writers)
      throws IOException, InterruptedException {
    mesh.kill(nodes);
    for (int node : nodes) {
      PowerLoss.cut(mesh.node(node));
    }
    mesh.start(nodes);
    writers.awaitMore(SETTLED_WRITES);
    for (int node : nodes) {
      mesh.awaitVersion(node, mesh.acks().newest());
    }
  }
}
