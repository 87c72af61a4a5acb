// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.node.executor.Executor.Cancellable;

/** Runs something once, later. */
@FunctionalInterface
public interface Timers {
  /**
   * Runs {@code task} after {@code delayNanos}.
   *
   * @return forgets it, unless it ran already
   */
  Cancellable schedule(Runnable task, long delayNanos);
}
