// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * How long attempts may take, from how long answered ones took: for each model, as models differ by
 * a factor of a thousand. Any thread.
 */
public final class Latencies {
  private static final int MAX_MODELS = 4_096;
  private static final double TIMEOUT_QUANTILE = 0.95;
  private static final int TIMEOUT_FACTOR = 5;
  private static final long MIN_TIMEOUT_NANOS = 100_000_000L;
  private static final double HEDGE_QUANTILE = 0.95;
  private static final long MIN_HEDGE_NANOS = 2_000_000L;

  private final ConcurrentMap<String, LatencyDistribution> models = new ConcurrentSkipListMap<>();

  /** An attempt for that model was answered after that long. */
  public void add(long nowNanos, String model, long nanos) {
    LatencyDistribution known = models.get(model);
    if (known == null && models.size() < MAX_MODELS) {
      known = models.computeIfAbsent(model, name -> new LatencyDistribution());
    }
    if (known != null) {
      known.add(nowNanos, nanos);
    }
  }

  /**
   * After how long without an answer a node is not believed to be at work on it any more: {@value
   * #TIMEOUT_FACTOR} times the 95th percentile, 100 ms at least; -1 where too little is known. Not
   * the 99th: what a hung node answers once it wakes may be a hundredth of all, and would teach to
   * wait for the next as long.
   */
  public long timeoutNanos(long nowNanos, String model) {
    long quantile = quantile(nowNanos, model, TIMEOUT_QUANTILE);
    return quantile < 0
        ? -1
        : Math.max(
            MIN_TIMEOUT_NANOS,
            TIMEOUT_FACTOR * Math.min(quantile, Long.MAX_VALUE / TIMEOUT_FACTOR));
  }

  /**
   * After how long a second node may be asked too: the 95th percentile (J. Dean, L. A. Barroso,
   * "The Tail at Scale", CACM 56(2), 2013); -1 where too little is known.
   */
  public long hedgeNanos(long nowNanos, String model) {
    long quantile = quantile(nowNanos, model, HEDGE_QUANTILE);
    return quantile < 0 ? -1 : Math.max(MIN_HEDGE_NANOS, quantile);
  }

  private long quantile(long nowNanos, String model, double quantile) {
    LatencyDistribution known = models.get(model);
    return known == null ? -1 : known.quantileNanos(nowNanos, quantile);
  }
}
