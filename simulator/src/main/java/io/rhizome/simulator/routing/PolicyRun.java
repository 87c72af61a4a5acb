// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

/**
 * What became of the requests of one seed by one policy.
 *
 * @param policy as it was asked for
 * @param seed of all that was drawn
 * @param requests that counted
 * @param failed those of them without an answer
 * @param meanMillis mean latency of the answered
 * @param p50Millis median latency of all, those that failed counting as endless
 * @param p99Millis 99th percentile likewise; infinite where more than a hundredth failed
 * @param hash of which request ended when: alike where two runs were
 */
public record PolicyRun(
    String policy,
    long seed,
    long requests,
    long failed,
    double meanMillis,
    double p50Millis,
    double p99Millis,
    long hash) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double P50 = 0.5;
  private static final double P99 = 0.99;

  /** What that found. */
  public static PolicyRun of(String policy, long seed, Tally found) {
    return new PolicyRun(
        policy,
        seed,
        found.requests(),
        found.failed(),
        found.meanNanos() / NANOS_PER_MILLI,
        found.quantileNanos(P50) / NANOS_PER_MILLI,
        found.quantileNanos(P99) / NANOS_PER_MILLI,
        found.hash());
  }

  /** How many failed, of a hundred. */
  public double failedPercent() {
    return requests == 0 ? 0 : 100.0 * failed / requests;
  }
}
