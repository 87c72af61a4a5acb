// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What is still to happen, ordered by time, then by when it was scheduled. */
final class EventQueue {
  private final VirtualTime time;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::sequence));
  private long nextSequence;

  private record Event(long atNanos, long sequence, Runnable action) {}

  EventQueue(VirtualTime time) {
    this.time = time;
  }

  /** Schedules; what lies in the past happens now. */
  void at(long nanos, Runnable action) {
    events.add(new Event(Math.max(nanos, time.nowNanos()), nextSequence++, action));
  }

  /** Runs all events up to that moment, those they schedule included, and moves time there. */
  void runUntil(long nanos) {
    Event next = events.peek();
    while (next != null && next.atNanos() <= nanos) {
      events.remove();
      time.advanceTo(next.atNanos());
      next.action().run();
      next = events.peek();
    }
    time.advanceTo(nanos);
  }
}
