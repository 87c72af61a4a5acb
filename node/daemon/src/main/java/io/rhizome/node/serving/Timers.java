// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.node.executor.Executor.Cancellable;

/** Runs something once, later; and tells how late that is now. */
@FunctionalInterface
public interface Timers {
  /**
   * Runs {@code task} after {@code delayNanos}.
   *
   * @return forgets it, unless it ran already
   */
  Cancellable schedule(Runnable task, long delayNanos);

  /** How far whoever runs the tasks is behind with its work, in nanoseconds; 0 where not known. */
  default long lagNanos() {
    return 0;
  }
}
