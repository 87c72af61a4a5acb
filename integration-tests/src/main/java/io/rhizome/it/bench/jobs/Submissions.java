// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.grpc.StatusRuntimeException;
import io.rhizome.it.bench.faults.Complaints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Small jobs, submitted to each node in turn while that may be refused. For one thread. */
final class Submissions {
  private static final long PAUSE_MILLIS = 200;
  private static final Duration RECOVER_LIMIT = Duration.ofSeconds(60);

  private final JobsMesh mesh;
  private final String prefix;
  private final String reason;
  private final List<String> accepted = new ArrayList<>();
  private final List<Boolean> endings = new ArrayList<>();
  private int reasoned;

  /**
   * None so far.
   *
   * @param prefix of their ids
   * @param reason what the words of a refusal match, a regular expression, that names the reason
   */
  Submissions(JobsMesh mesh, String prefix, String reason) {
    this.mesh = mesh;
    this.prefix = prefix;
    this.reason = reason;
  }

  /** Tries for so long, and tells what refusals said. */
  void tryFor(Duration length) throws InterruptedException {
    Complaints complaints = new Complaints();
    long from = System.nanoTime();
    for (int i = 0; System.nanoTime() - from < length.toNanos(); i++) {
      tryAt(1 + i % mesh.size(), complaints);
      Thread.sleep(PAUSE_MILLIS);
    }
    complaints.lines().forEach(line -> System.out.println("  refused: " + line));
  }

  private boolean tryAt(int node, Complaints complaints) throws InterruptedException {
    String id = prefix + "-" + endings.size();
    boolean taken = false;
    try {
      var unused = mesh.client(node).submit(id, Sizes.SMALL);
      accepted.add(id);
      taken = true;
    } catch (StatusRuntimeException e) {
      String words = String.valueOf(e.getMessage());
      complaints.add(words);
      if (words.matches(reason)) {
        reasoned++;
      }
    }
    endings.add(taken);
    return taken;
  }

  /** How many of the last tries, one at each node, were accepted. */
  int acceptedLast() {
    List<Boolean> last = endings.subList(Math.max(0, endings.size() - mesh.size()), endings.size());
    return (int) last.stream().filter(taken -> taken).count();
  }

  /** How many were accepted. */
  int accepted() {
    return accepted.size();
  }

  /** How many refusals named the reason. */
  int reasoned() {
    return reasoned;
  }

  /** How long it takes from now until each node has accepted one; NaN where that is too long. */
  double secondsUntilAllAccept() throws InterruptedException {
    Complaints complaints = new Complaints();
    long from = System.nanoTime();
    int node = 1;
    while (node <= mesh.size()) {
      if (tryAt(node, complaints)) {
        node++;
      } else if (System.nanoTime() - from > RECOVER_LIMIT.toNanos()) {
        System.out.println("  node " + node + " still accepts nothing");
        complaints.lines().forEach(line -> System.out.println("  refused: " + line));
        return Double.NaN;
      } else {
        Thread.sleep(PAUSE_MILLIS);
      }
    }
    return (System.nanoTime() - from) / 1e9;
  }

  /** Returns when all that were accepted are done, with what came of their items. */
  Tally awaitAndCheck() {
    for (String id : accepted) {
      mesh.awaitDone(1, id, Sizes.SMALL);
    }
    return mesh.client(1).check(accepted, Sizes.SMALL);
  }
}
