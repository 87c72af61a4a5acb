// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import io.rhizome.scheduler.VirtualTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** An executor under virtual time: some workers that take what they are given in its order. */
final class Workers {
  private final VirtualTime time;
  private final LongSupplier runNanos;
  private final Deque<LongConsumer> queue = new ArrayDeque<>();
  private int workers;
  private int busy;

  Workers(VirtualTime time, int workers, LongSupplier runNanos) {
    this.time = time;
    this.workers = workers;
    this.runNanos = runNanos;
  }

  /** From now on that many; what runs, runs on. */
  void resize(int now) {
    workers = now;
    work();
  }

  /** Runs one more, and tells how long it ran once it ended. */
  void run(LongConsumer onEnd) {
    queue.addLast(onEnd);
    work();
  }

  private void work() {
    while (busy < workers && !queue.isEmpty()) {
      LongConsumer onEnd = queue.removeFirst();
      long nanos = runNanos.getAsLong();
      busy++;
      time.after(
          nanos,
          () -> {
            busy--;
            onEnd.accept(nanos);
            work();
          });
    }
  }
}
