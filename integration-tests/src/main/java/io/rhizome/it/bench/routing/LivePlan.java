// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import io.rhizome.simulator.routing.Antagonist;
import io.rhizome.simulator.routing.Setup;
import io.rhizome.simulator.routing.Trial;
import java.util.Collections;
import java.util.List;

/**
 * What real nodes and simulated ones are given alike.
 *
 * @param nodes how many; each holds the model and is an entry
 * @param workers of each
 * @param serviceMillis mean run time; exponential, and a request's own
 * @param heatSeconds requests before anything else, at the first load
 * @param warmUpSeconds before anything counts, at each load
 * @param countedSeconds that count, at each load
 * @param simulations of the same requests, by as many seeds
 */
record LivePlan(
    int nodes,
    int workers,
    int serviceMillis,
    int heatSeconds,
    int warmUpSeconds,
    int countedSeconds,
    int simulations) {
  /** Loads, in percent of what all workers can do. */
  static final List<Integer> PERCENTS = List.of(70, 90);

  /** Requests that may wait for room at a node. */
  static final int QUEUE_CAPACITY = 256;

  static final long SECOND = 1_000_000_000L;
  static final long DEADLINE_NANOS = 10 * SECOND;

  private static final double MILLIS_PER_SECOND = 1e3;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  static LivePlan of(boolean quick) {
    return quick ? new LivePlan(8, 4, 100, 5, 5, 13, 10) : new LivePlan(24, 4, 400, 20, 10, 80, 10);
  }

  /** Requests a second at that load. */
  double perSecond(int percent) {
    return percent / 100.0 * nodes * workers * MILLIS_PER_SECOND / serviceMillis;
  }

  /**
   * At that load.
   *
   * @param hopNanos round trip between two nodes
   */
  Trial trial(int percent, long hopNanos) {
    return trial(percent, hopNanos, warmUpSeconds, countedSeconds);
  }

  /** What comes before anything else. */
  Trial heat() {
    return trial(PERCENTS.get(0), 0, heatSeconds, 0);
  }

  private Trial trial(int percent, long hopNanos, int warmUp, int counted) {
    Setup setup =
        new Setup(
            Collections.nCopies(nodes, new Setup.Spec(workers, 1, Antagonist.NONE)),
            (from, to) -> from == to ? 0 : hopNanos,
            0,
            0,
            true,
            QUEUE_CAPACITY,
            serviceMillis * NANOS_PER_MILLI,
            Setup.NO_BOARD);
    return new Trial(
        setup,
        Collections.nCopies(nodes, 1.0),
        perSecond(percent),
        true,
        DEADLINE_NANOS,
        warmUp * SECOND,
        counted * SECOND);
  }

  /** In a few words. */
  List<String> method() {
    return List.of(
        "live: %d nodes, each a process with C1 only and a small heap, %d workers each; all hold a"
            .formatted(nodes, workers),
        "model of the engine timer and are entries. Run times are exponential with mean %d ms and"
            .formatted(serviceMillis),
        "come with the request. Poisson arrivals at all entries, 70%% and 90%% of all workers (%.0f"
            .formatted(perSecond(PERCENTS.get(0))),
        "and %.0f/s), sent when it is time, latency from then on; %d s after %d s of warm-up. The"
            .formatted(perSecond(PERCENTS.get(1)), countedSeconds, warmUpSeconds),
        "simulation gets the very same requests. Its network is what requests that run for no time"
            + " took longer over",
        "one hop than over none, one at a time, before. Mean of "
            + simulations
            + " seeds of all else, +- for its 95% interval.",
        "live_err: the largest difference of p50 and p99 at either load, live over simulated.");
  }
}
