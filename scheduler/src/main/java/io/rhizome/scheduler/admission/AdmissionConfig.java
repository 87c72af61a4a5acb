// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import io.rhizome.scheduler.Priority;

/**
 * How much waits, and how long.
 *
 * @param initialLimit requests run at once at first: what the executor is built for, at least 1
 * @param maxLimit never more at once, at least {@code initialLimit}
 * @param queueCapacity requests that may wait, of all classes together, at least 0
 */
public record AdmissionConfig(int initialLimit, int maxLimit, int queueCapacity) {
  private static final int PER_WORKER = 4;
  private static final long INTERACTIVE_WAIT_NANOS = 1_000_000_000L;
  private static final long STANDARD_WAIT_NANOS = 5_000_000_000L;
  private static final long BATCH_WAIT_NANOS = 30_000_000_000L;

  public AdmissionConfig {
    if (initialLimit < 1 || maxLimit < initialLimit || queueCapacity < 0) {
      throw new IllegalArgumentException(
          "admission: limit " + initialLimit + " to " + maxLimit + ", queue " + queueCapacity);
    }
  }

  /**
   * No more than this may wait where one of that class is to join them: the more urgent find room
   * without putting others out, which would tell those late.
   */
  int room(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> queueCapacity;
      case STANDARD -> queueCapacity - queueCapacity / 8;
      case BATCH -> queueCapacity - queueCapacity / 4;
    };
  }

  /**
   * For an executor of that many workers: about one request for each, more only where an engine
   * runs several at once.
   */
  public static AdmissionConfig of(int workers, int queueCapacity) {
    return new AdmissionConfig(workers, PER_WORKER * workers, queueCapacity);
  }

  /** Of one model no more than this, so that another finds room. */
  int roomPerModel(Priority priority) {
    return room(priority) - room(priority) / 4;
  }

  /**
   * A request that would wait longer than this is refused at once, for others may do better: half
   * of what is left of its deadline, and never longer than anybody would want.
   */
  long longestWaitNanos(Priority priority, long leftNanos) {
    long bound =
        switch (priority) {
          case INTERACTIVE -> INTERACTIVE_WAIT_NANOS;
          case STANDARD -> STANDARD_WAIT_NANOS;
          case BATCH -> BATCH_WAIT_NANOS;
        };
    return Math.min(bound, leftNanos / 2);
  }
}
