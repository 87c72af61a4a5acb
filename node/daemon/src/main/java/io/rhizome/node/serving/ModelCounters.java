// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What this node's own executor did for one version of a model since the node started, in the parts
 * that Triton's statistics have. Any thread.
 */
public final class ModelCounters {
  /** Why an executor did not answer, in Triton's words. */
  public enum Reason {
    /** No room. */
    REJECTED,
    /** The caller gave up. */
    CANCELED,
    /** The model failed. */
    BACKEND,
    /** Anything else, such as bad input or a deadline. */
    OTHER;

    static Reason of(ErrorCode code) {
      return switch (code) {
        case OVERLOADED -> REJECTED;
        case CANCELLED -> CANCELED;
        case MODEL_FAILED -> BACKEND;
        default -> OTHER;
      };
    }
  }

  private final LongSupplier wallMillis;
  private final AtomicLong lastMillis = new AtomicLong();
  private final LongAdder succeeded = new LongAdder();
  private final CountByKind<Reason> failed = new CountByKind<>(Reason.class);
  private final LongAdder failedNanos = new LongAdder();
  private final LongAdder pending = new LongAdder();
  private final LongAdder inputNanos = new LongAdder();
  private final LongAdder queueNanos = new LongAdder();
  private final LongAdder inferNanos = new LongAdder();
  private final LongAdder outputNanos = new LongAdder();

  ModelCounters(LongSupplier wallMillis) {
    this.wallMillis = wallMillis;
  }

  void addSuccess(long input, long queue, long infer, long output) {
    succeeded.increment();
    inputNanos.add(input);
    queueNanos.add(queue);
    inferNanos.add(infer);
    outputNanos.add(output);
    lastMillis.lazySet(wallMillis.getAsLong());
  }

  void addFailure(ErrorCode code, long nanos) {
    failed.increment(Reason.of(code));
    failedNanos.add(nanos);
    lastMillis.lazySet(wallMillis.getAsLong());
  }

  void addPending(int change) {
    pending.add(change);
  }

  /** Requests answered. Each is one inference and one execution: nothing is batched yet. */
  public long succeeded() {
    return succeeded.sum();
  }

  /** Requests not answered, for that reason. */
  public long failed(Reason reason) {
    return failed.sum(reason);
  }

  /** Requests not answered, for whatever reason. */
  public long failed() {
    return failed.sum();
  }

  /** Time of the requests not answered, in nanoseconds. */
  public long failedNanos() {
    return failedNanos.sum();
  }

  /** Requests that wait for a worker now. */
  public long pending() {
    return Math.max(0, pending.sum());
  }

  /** When the last request ended, milliseconds since 1970; 0 for never. */
  public long lastMillis() {
    return lastMillis.get();
  }

  /** Time of the requests answered, from their turn to the encoded answer, in nanoseconds. */
  public long requestNanos() {
    return inputNanos() + queueNanos() + inferNanos() + outputNanos();
  }

  /** Of that: reading inputs from the message. */
  public long inputNanos() {
    return inputNanos.sum();
  }

  /** Of that: waiting for a worker. */
  public long queueNanos() {
    return queueNanos.sum();
  }

  /** Of that: running the model. */
  public long inferNanos() {
    return inferNanos.sum();
  }

  /** Of that: encoding the answer. */
  public long outputNanos() {
    return outputNanos.sum();
  }
}
