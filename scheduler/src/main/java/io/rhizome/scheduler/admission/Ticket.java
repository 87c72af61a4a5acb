// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import io.rhizome.scheduler.Priority;

/**
 * One request before the executor. Its identity counts, not its values.
 *
 * @param <W> what the driver runs once it is let through
 */
public final class Ticket<W> {
  private final String model;
  private final String tenant;
  private final Priority priority;
  private final long deadlineNanos;
  private final W work;
  State state = State.NEW;
  long handedNanos;

  enum State {
    NEW,
    WAITING,
    RUNNING,
    ENDED
  }

  /**
   * A request that was not offered yet.
   *
   * @param model which model is to run
   * @param tenant whose it is; empty for nobody's
   * @param priority how urgent it is
   * @param deadlineNanos when its caller stops waiting
   * @param work what to run
   */
  public Ticket(String model, String tenant, Priority priority, long deadlineNanos, W work) {
    this.model = model;
    this.tenant = tenant;
    this.priority = priority;
    this.deadlineNanos = deadlineNanos;
    this.work = work;
  }

  String model() {
    return model;
  }

  String tenant() {
    return tenant;
  }

  Priority priority() {
    return priority;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** What to run. */
  public W work() {
    return work;
  }
}
