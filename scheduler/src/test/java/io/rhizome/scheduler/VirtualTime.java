// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that jumps from event to event; those of one moment happen in the order of planning. */
public final class VirtualTime {
  private final PriorityQueue<Event> due =
      new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::order));

  /** Starts below zero, as {@link System#nanoTime} may. */
  private long nowNanos = -1_000_000_000L;

  private long planned;

  private record Event(long nanos, long order, Runnable what) {}

  /** The present moment. */
  public long now() {
    return nowNanos;
  }

  /** Plans something for then. */
  public void after(long nanos, Runnable what) {
    due.add(new Event(nowNanos + nanos, planned++, what));
  }

  /** Lets that much time pass. */
  public void pass(long nanos) {
    long end = nowNanos + nanos;
    for (Event next = due.peek(); next != null && next.nanos() <= end; next = due.peek()) {
      due.poll();
      nowNanos = next.nanos();
      next.what().run();
    }
    nowNanos = end;
  }
}
