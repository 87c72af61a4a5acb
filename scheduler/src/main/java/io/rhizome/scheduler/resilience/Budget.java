// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

/**
 * How many extra attempts a node may make: a share of its requests and a floor per second, saved up
 * to a burst. Where peers fail, retries then add a fifth to the load, not a multiple of it (after
 * Finagle's retry budget).
 *
 * <p>Any thread: its lock is held for a few assignments.
 */
public final class Budget {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double perRequest;
  private final double perSecond;
  private final double burst;
  private double tokens;
  private long filledNanos;
  private boolean started;

  /**
   * A full budget.
   *
   * @param perRequest extra attempts that each request earns, such as 0.2
   * @param perSecond extra attempts that a second earns
   * @param burst how many may be saved up, at least 1
   */
  public Budget(double perRequest, double perSecond, double burst) {
    if (!(perRequest >= 0 && perSecond >= 0 && burst >= 1)) {
      throw new IllegalArgumentException(
          "budget: " + perRequest + " a request, " + perSecond + "/s, burst " + burst);
    }
    this.perRequest = perRequest;
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
  }

  /** A request began. */
  public synchronized void onRequest() {
    tokens = Math.min(burst, tokens + perRequest);
  }

  /** Takes one extra attempt out; false where there is none left. */
  public synchronized boolean tryTake(long nowNanos) {
    long passed = started ? nowNanos - filledNanos : 0;
    if (passed > 0) {
      tokens = Math.min(burst, tokens + passed / NANOS_PER_SECOND * perSecond);
    }
    // Threads may come in with their readings out of order: no moment counts twice.
    if (passed > 0 || !started) {
      filledNanos = nowNanos;
      started = true;
    }
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }
}
