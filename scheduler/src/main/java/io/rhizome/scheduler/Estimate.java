// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

/**
 * What a request would take at one node, in nanoseconds.
 *
 * @param networkNanos round trip
 * @param transferNanos for the bytes of the request, beyond the round trip
 * @param queueNanos until it runs
 * @param serviceNanos while it runs
 */
public record Estimate(long networkNanos, long transferNanos, long queueNanos, long serviceNanos) {
  /** All parts together; saturating, as load is what a peer says of itself. */
  public long totalNanos() {
    return plus(plus(plus(Math.max(0, networkNanos), transferNanos), queueNanos), serviceNanos);
  }

  private static long plus(long sum, long claimed) {
    long term = Math.max(0, claimed);
    return sum > Long.MAX_VALUE - term ? Long.MAX_VALUE : sum + term;
  }
}
