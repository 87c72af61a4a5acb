// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Times one run on this node's executor, part by part, and tells the model's counters and the span
 * how it ended. Begins when it is made; from then on one thread at a time.
 *
 * <pre>
 * READING -- queued --> WAITING -- started --> RUNNING -- ran --> WRITING -- answered --> ended
 * any of them -- failed --> ended
 * </pre>
 */
final class RunTimer {
  private final ModelCounters counters;
  private final LongSupplier clock;
  private final Tracing.@Nullable Span span;
  private final long begunNanos;
  private long queuedNanos;
  private long startedNanos;
  private long ranNanos;
  private boolean waiting;

  RunTimer(ModelCounters counters, LongSupplier clock, Tracing.@Nullable Span above) {
    this.counters = counters;
    this.clock = clock;
    this.span = above == null ? null : above.run();
    this.begunNanos = clock.getAsLong();
  }

  /** The inputs are read; the request waits for a worker. */
  void queued() {
    queuedNanos = clock.getAsLong();
    waiting = true;
    counters.addPending(1);
  }

  /** A worker took it. */
  void started() {
    startedNanos = clock.getAsLong();
    waiting = false;
    counters.addPending(-1);
  }

  /** The model gave its outputs. */
  void ran() {
    ranNanos = clock.getAsLong();
  }

  /** How long the model ran, in nanoseconds; -1 where it did not get to. */
  long ranNanos() {
    if (startedNanos == 0) {
      return -1;
    }
    return (ranNanos == 0 ? clock.getAsLong() : ranNanos) - startedNanos;
  }

  /** The answer is encoded. */
  void answered() {
    long queue = startedNanos - queuedNanos;
    long infer = ranNanos - startedNanos;
    counters.addSuccess(queuedNanos - begunNanos, queue, infer, clock.getAsLong() - ranNanos);
    if (span != null) {
      span.times(queue, infer);
      span.end();
    }
  }

  void failed(ServingError error) {
    if (waiting) {
      waiting = false;
      counters.addPending(-1);
    }
    counters.addFailure(error.code(), clock.getAsLong() - begunNanos);
    if (span != null) {
      span.fail(error.code() + ": " + error.message());
    }
  }
}
