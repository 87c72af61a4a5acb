// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.it.bench.Samples;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.v1.ProposeRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long one writer waits for one write, and the disk for one force, measured in turn. */
final class PutPart {
  private static final int FORCED_BYTES = 1024;
  private static final int NAMES = 25;
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private PutPart() {}

  /** Quantiles in milliseconds. */
  record Found(double putP50, double putP99, double forceP50, double forceP99) {
    private static final double SLOWER_P50 = 4;
    private static final double SLOWER_P99 = 10;
    private static final double FORCES = 3;

    double limitP50() {
      return SLOWER_P50 + FORCES * forceP50;
    }

    double limitP99() {
      return SLOWER_P99 + FORCES * forceP99;
    }
  }

  static Found run(PolicyMesh mesh, Path directory, int warmUps, int puts) throws IOException {
    int leader = mesh.leader();
    Samples put = new Samples();
    Samples force = new Samples();
    SecureRandom random = new SecureRandom();
    try (FileChannel file =
        FileChannel.open(
            directory.resolve("forced"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int i = -warmUps; i < puts; i++) {
        long forceNanos = force(file);
        ProposalId id = ProposalId.random(random);
        ProposeRequest request =
            mesh.author()
                .request(
                    id,
                    mesh.acks().newest(),
                    Change.put(
                        Author.key("put-" + Math.floorMod(i, NAMES)),
                        Author.body("mark-" + (i + warmUps)),
                        Change.ANY));
        long started = System.nanoTime();
        Outcome outcome = mesh.nodes().propose(leader, request, started + LIMIT_NANOS);
        long putNanos = System.nanoTime() - started;
        if (!(outcome instanceof Outcome.Acknowledged acknowledged)) {
          throw new IllegalStateException("a write came to nothing: " + outcome);
        }
        mesh.acks().add(id, acknowledged.version());
        if (i >= 0) {
          put.add(putNanos);
          force.add(forceNanos);
        }
      }
    }
    Samples sorted = Samples.merged(List.of(put));
    Samples forces = Samples.merged(List.of(force));
    return new Found(
        sorted.quantile(0.5) / 1e6,
        sorted.quantile(0.99) / 1e6,
        forces.quantile(0.5) / 1e6,
        forces.quantile(0.99) / 1e6);
  }

  private static long force(FileChannel file) throws IOException {
    long started = System.nanoTime();
    ByteBuffer bytes = ByteBuffer.allocate(FORCED_BYTES);
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    file.force(false);
    return System.nanoTime() - started;
  }
}
