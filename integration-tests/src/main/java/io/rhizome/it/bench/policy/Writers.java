// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.ProposalId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Writers that each write one thing after the other until they are told to stop, to whichever node
 * answers; what is not answered is sent again under the same id, to the next node.
 */
final class Writers implements AutoCloseable {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int NAMES = 25;

  private final PolicyMesh mesh;
  private final RandomGenerator random = new SecureRandom();
  private final long pauseNanos;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * Begins.
   *
   * @param pauseNanos how long each waits after an answer
   */
  Writers(PolicyMesh mesh, int count, long pauseNanos) {
    this.mesh = mesh;
    this.pauseNanos = pauseNanos;
    for (int i = 0; i < count; i++) {
      int writer = i;
      Thread thread = new Thread(() -> write(writer), "writer-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /** How many writes nobody answered in time: they may have been written, or not. */
  int unanswered() {
    return unanswered.get();
  }

  private void write(int writer) {
    Acks acks = mesh.acks();
    int node = writer % mesh.size() + 1;
    for (int i = 0; !stopping; i++) {
      ProposalId id = ProposalId.random(random);
      Change change =
          Change.put(
              Author.key("writer-%d-%d".formatted(writer, i % NAMES)),
              Author.body("mark-" + i),
              Change.ANY);
      Outcome outcome =
          mesh.nodes()
              .propose(
                  node,
                  mesh.author().request(id, acks.newest(), change),
                  System.nanoTime() + LIMIT_NANOS);
      if (outcome instanceof Outcome.Acknowledged acknowledged) {
        acks.add(id, acknowledged.version());
        node = acknowledged.node();
      } else if (outcome instanceof Outcome.Refused refused) {
        mesh.sequence().contradiction("a write was refused: " + refused);
      } else {
        unanswered.incrementAndGet();
      }
      LockSupport.parkNanos(pauseNanos);
    }
  }

  /** Returns when so many more writes have been acknowledged. */
  void awaitMore(int more) {
    int wanted = mesh.acks().count() + more;
    mesh.await(wanted + " acknowledged", () -> mesh.acks().count() >= wanted);
  }

  /** Stops them, and returns when each has heard of its last write. */
  @Override
  public void close() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
