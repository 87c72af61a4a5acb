// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

/**
 * What all requests of one node share in how they are retried.
 *
 * @param retries how many attempts may be repeated that may have run
 * @param hedges how many may be made beside one that is still running
 * @param latencies how long attempts take
 */
public record Resilience(Budget retries, Budget hedges, Latencies latencies) {
  private static final double RETRY_SHARE = 0.2;
  private static final double RETRIES_PER_SECOND = 10;
  private static final double RETRY_BURST = 128;
  private static final double HEDGE_SHARE = 0.02;
  private static final double HEDGES_PER_SECOND = 1;
  private static final double HEDGE_BURST = 10;

  /**
   * Retries a fifth of the requests and 10 a second, as many at once as a node that dies may have
   * held; hedges a fiftieth and 1 a second.
   */
  public static Resilience defaults() {
    return new Resilience(
        new Budget(RETRY_SHARE, RETRIES_PER_SECOND, RETRY_BURST),
        new Budget(HEDGE_SHARE, HEDGES_PER_SECOND, HEDGE_BURST),
        new Latencies());
  }
}
