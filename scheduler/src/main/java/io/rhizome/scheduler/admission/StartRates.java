// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import io.rhizome.scheduler.Priority;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many requests of each class began to run lately, and how many were refused: in the last whole
 * window of {@value #WINDOW_NANOS} ns. Not thread-safe.
 */
final class StartRates {
  private static final long WINDOW_NANOS = 500_000_000L;
  private static final double NANOS_PER_SECOND = 1e9;

  private Map<Priority, Integer> current = new EnumMap<>(Priority.class);
  private Map<Priority, Integer> last = new EnumMap<>(Priority.class);
  private int refused;
  private int lastRefused;
  private long windowNanos;
  private boolean open;

  void onStart(long nowNanos, Priority priority) {
    roll(nowNanos);
    current.merge(priority, 1, Integer::sum);
  }

  void onRefusal(long nowNanos) {
    roll(nowNanos);
    refused++;
  }

  /** Refusals a second. */
  double refusals(long nowNanos) {
    roll(nowNanos);
    return Math.max(refused, lastRefused) * NANOS_PER_SECOND / WINDOW_NANOS;
  }

  /** Starts a second of the classes more urgent than that. */
  double moreUrgent(long nowNanos, Priority priority) {
    roll(nowNanos);
    int starts = 0;
    for (Map.Entry<Priority, Integer> entry : last.entrySet()) {
      if (entry.getKey().compareTo(priority) < 0) {
        starts += entry.getValue();
      }
    }
    return starts * NANOS_PER_SECOND / WINDOW_NANOS;
  }

  private void roll(long nowNanos) {
    if (!open) {
      open = true;
      windowNanos = nowNanos;
    }
    long over = nowNanos - windowNanos;
    if (over < WINDOW_NANOS) {
      return;
    }
    Map<Priority, Integer> free = last;
    last = current;
    current = free;
    current.clear();
    lastRefused = refused;
    refused = 0;
    if (over >= 2 * WINDOW_NANOS) {
      last.clear();
      lastRefused = 0;
    }
    windowNanos = nowNanos - over % WINDOW_NANOS;
  }
}
