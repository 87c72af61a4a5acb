// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.node.executor.Executor.Cancellable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Timers whose time passes when the test says so; tasks run on the test's thread. */
final class VirtualTimers implements Timers {
  private static final Comparator<Timer> EARLIEST = Comparator.comparingLong(Timer::atNanos);

  private final List<Timer> pending = new ArrayList<>();
  private long now = 1_000_000_000L;

  /** How far its node is behind with its work. */
  long lagNanos;

  private record Timer(Runnable task, long atNanos) {}

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    Timer timer = new Timer(task, now + delayNanos);
    pending.add(timer);
    return () -> pending.remove(timer);
  }

  @Override
  public long lagNanos() {
    return lagNanos;
  }

  long now() {
    return now;
  }

  void advance(long nanos) {
    now += nanos;
    List<Timer> due = pending.stream().filter(t -> t.atNanos() <= now).sorted(EARLIEST).toList();
    pending.removeAll(due);
    due.forEach(timer -> timer.task().run());
  }

  int pending() {
    return pending.size();
  }
}
