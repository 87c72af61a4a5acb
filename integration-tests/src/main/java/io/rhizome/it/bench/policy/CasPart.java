// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.grpc.Status;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.ProposalId;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compare-and-sets on a few resources by many workers at once, while the leader is killed once and
 * stopped once; and whether all that they were told fits one order.
 */
final class CasPart {
  private static final int WORKERS = 12;
  private static final int KEYS = 16;
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long HANG_SECONDS = 3;
  private static final Pattern FOUND = Pattern.compile("found (\\d+)|(does not exist)");

  private final PolicyMesh mesh;
  private final int calls;
  private final RandomGenerator random = new SecureRandom();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLongArray known = new AtomicLongArray(KEYS);
  private final List<Call> done = new ArrayList<>();
  private final String prefix;

  private CasPart(PolicyMesh mesh, int calls) {
    this.mesh = mesh;
    this.calls = calls;
    this.prefix = "cas-" + mesh.acks().newest() + "-";
  }

  private record Call(
      int key, ProposalId id, long expected, Outcome outcome, long calledNanos, long endNanos) {}

  /**
   * What came of it.
   *
   * @param fault why no order fits; empty where one does
   */
  record Found(int written, int refused, int unanswered, Optional<String> fault) {}

  static Found run(PolicyMesh mesh, int calls) throws IOException, InterruptedException {
    CasPart part = new CasPart(mesh, calls);
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      int worker = i;
      Thread thread = new Thread(() -> part.work(worker), "cas-" + i);
      thread.setDaemon(true);
      thread.start();
      workers.add(thread);
    }
    part.disturb();
    for (Thread worker : workers) {
      worker.join();
    }
    return part.judge();
  }

  private void disturb() throws IOException, InterruptedException {
    mesh.await("a third of the calls", () -> next.get() >= calls / 3);
    int leader = mesh.leader();
    mesh.node(leader).kill();
    mesh.start(List.of(leader));
    mesh.await("two thirds of the calls", () -> next.get() >= 2 * calls / 3);
    leader = mesh.leader();
    mesh.node(leader).suspend();
    TimeUnit.SECONDS.sleep(HANG_SECONDS);
    mesh.node(leader).resume();
    mesh.await("the last call", () -> next.get() >= calls);
  }

  private void work(int worker) {
    Random keys = new Random(worker);
    int node = worker % mesh.size() + 1;
    while (next.getAndIncrement() < calls) {
      int key = keys.nextInt(KEYS);
      long expected = known.get(key);
      ProposalId id = ProposalId.random(random);
      Change change =
          Change.put(Author.key(prefix + key), Author.body("worker-" + worker), expected);
      long called = System.nanoTime();
      Outcome outcome =
          mesh.nodes()
              .propose(
                  node,
                  mesh.author().request(id, mesh.acks().newest(), change),
                  called + LIMIT_NANOS);
      long ended = System.nanoTime();
      if (outcome instanceof Outcome.Acknowledged acknowledged) {
        mesh.acks().add(id, acknowledged.version());
        node = acknowledged.node();
        learn(key, acknowledged.version());
      } else if (outcome instanceof Outcome.Refused refused) {
        found(refused).ifPresent(version -> learn(key, version));
      }
      synchronized (done) {
        done.add(new Call(key, id, expected, outcome, called, ended));
      }
    }
  }

  private void learn(int key, long version) {
    known.accumulateAndGet(key, version, Math::max);
  }

  /** The version that a refusal names; empty where it was refused for something else. */
  private static Optional<Long> found(Outcome.Refused refused) {
    Matcher names = FOUND.matcher(refused.why());
    if (refused.code() != Status.Code.ABORTED || !names.find()) {
      return Optional.empty();
    }
    return Optional.of(names.group(1) == null ? CasHistory.ABSENT : Long.valueOf(names.group(1)));
  }

  /** Once all nodes have caught up, the records tell of the calls that were not answered. */
  private Found judge() {
    Audit unused = Audit.of(mesh);
    CasHistory history = new CasHistory();
    int written = 0;
    int refusals = 0;
    int unanswered = 0;
    for (Call call : List.copyOf(done)) {
      String register = prefix + call.key;
      Optional<Long> shown = mesh.sequence().version(call.id);
      if (call.outcome instanceof Outcome.Acknowledged acknowledged) {
        written++;
        history.wrote(
            register, call.expected, acknowledged.version(), call.calledNanos, call.endNanos);
      } else if (call.outcome instanceof Outcome.Refused refused) {
        refusals++;
        found(refused)
            .ifPresent(
                version ->
                    history.refused(
                        register, call.expected, version, call.calledNanos, call.endNanos));
        shown.ifPresent(
            version ->
                mesh.sequence()
                    .contradiction("%s was refused and is version %d".formatted(call, version)));
      } else {
        unanswered++;
        shown.ifPresent(
            version ->
                history.wrote(
                    register, call.expected, version, call.calledNanos, CasHistory.NEVER));
      }
    }
    return new Found(written, refusals, unanswered, history.fault());
  }
}
