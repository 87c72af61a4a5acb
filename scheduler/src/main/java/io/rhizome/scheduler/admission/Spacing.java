// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

/**
 * Spreads starts over time: one each interval, and of intervals without one no more than one is
 * made up for. That much lets a queue fill all places again, twice as many with every run that
 * ends. The generic cell rate algorithm (ITU-T I.371) with a tolerance of one interval. Time is
 * passed in. Not thread-safe.
 */
final class Spacing {
  private boolean begun;
  private long dueNanos;

  /** Whether another may start. */
  boolean isDue(long nowNanos) {
    return !begun || nowNanos - dueNanos >= 0;
  }

  /** One started. */
  void onStart(long nowNanos, long intervalNanos) {
    long early = nowNanos - intervalNanos;
    long from = begun && dueNanos - early > 0 ? dueNanos : early;
    dueNanos = from + intervalNanos;
    begun = true;
  }
}
