// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.admission.Ticket;

/** One attempt on a node's own workers: through admission, then run. */
final class LocalRun {
  private final RoutedNode node;
  private final Exchange exchange;
  private final int attempt;
  private final Job job;
  private final Ticket<LocalRun> ticket;

  LocalRun(RoutedNode node, Exchange exchange, int attempt, Job job, long deadlineNanos) {
    Request request = exchange.request();
    this.node = node;
    this.exchange = exchange;
    this.attempt = attempt;
    this.job = job;
    this.ticket =
        new Ticket<>(
            request.model(), request.client().tenant(), request.priority(), deadlineNanos, this);
  }

  Ticket<LocalRun> ticket() {
    return ticket;
  }

  Job job() {
    return job;
  }

  /** Gives it to the workers. */
  void begin() {
    job.end = this::ran;
    node.workers.run(job);
  }

  private void ran(long ranNanos) {
    node.ended(this, ranNanos);
    exchange.answeredHere(attempt);
  }

  void failed(Failure.Kind kind, String why) {
    exchange.failedHere(attempt, new Failure(kind, why));
  }

  /** Nobody waits for it: what did not begin does not. */
  void cancel() {
    boolean unused = node.cancel(this);
  }
}
