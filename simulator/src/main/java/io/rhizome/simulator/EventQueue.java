// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is still to happen, ordered by time, then by when it was scheduled.
 *
 * <p>A binary heap over three arrays: most of a simulation's time would else go into following
 * pointers to compare two events.
 */
public final class EventQueue {
  private static final int INITIAL_CAPACITY = 1_024;

  private final VirtualTime time;
  private long[] moments = new long[INITIAL_CAPACITY];
  private long[] sequences = new long[INITIAL_CAPACITY];
  private @Nullable Runnable[] actions = new Runnable[INITIAL_CAPACITY];
  private int size;
  private long nextSequence;
  private long executed;

  /** An empty queue that moves that clock. */
  public EventQueue(VirtualTime time) {
    this.time = time;
  }

  /** Schedules; what lies in the past happens now. */
  public void at(long nanos, Runnable action) {
    if (size == moments.length) {
      moments = Arrays.copyOf(moments, 2 * size);
      sequences = Arrays.copyOf(sequences, 2 * size);
      actions = Arrays.copyOf(actions, 2 * size);
    }
    rise(size++, Math.max(nanos, time.nowNanos()), nextSequence++, action);
  }

  /** Runs all events up to that moment, those they schedule included, and moves time there. */
  public void runUntil(long nanos) {
    while (size > 0 && moments[0] <= nanos) {
      time.advanceTo(moments[0]);
      Runnable next = Objects.requireNonNull(actions[0]);
      removeFirst();
      executed++;
      next.run();
    }
    time.advanceTo(nanos);
  }

  /** How many events were run. */
  public long executed() {
    return executed;
  }

  private void rise(int from, long moment, long sequence, Runnable action) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (moments[parent] < moment || (moments[parent] == moment && sequences[parent] < sequence)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    moments[at] = moment;
    sequences[at] = sequence;
    actions[at] = action;
  }

  private void removeFirst() {
    int last = --size;
    long moment = moments[last];
    long sequence = sequences[last];
    Runnable action = actions[last];
    actions[last] = null;
    if (last == 0) {
      return;
    }
    int at = 0;
    while (2 * at + 1 < last) {
      int child = 2 * at + 1;
      if (child + 1 < last && isBefore(child + 1, child)) {
        child++;
      }
      if (moment < moments[child] || (moment == moments[child] && sequence < sequences[child])) {
        break;
      }
      move(child, at);
      at = child;
    }
    moments[at] = moment;
    sequences[at] = sequence;
    actions[at] = action;
  }

  private boolean isBefore(int one, int other) {
    return moments[one] < moments[other]
        || (moments[one] == moments[other] && sequences[one] < sequences[other]);
  }

  private void move(int from, int to) {
    moments[to] = moments[from];
    sequences[to] = sequences[from];
    actions[to] = actions[from];
  }
}
