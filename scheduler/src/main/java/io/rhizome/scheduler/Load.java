// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

/**
 * How busy a node is, as it said itself on a response or a rejection.
 *
 * @param inFlight requests running and queued there
 * @param limit how many it accepts at once, at least 1
 * @param queueNanos how long a request that arrives now would wait before it runs, in nanoseconds
 * @param serviceNanos typical run time of one request, in nanoseconds
 */
public record Load(int inFlight, int limit, long queueNanos, long serviceNanos) {
  /** What is assumed of a node that has not been heard of yet: idle, and as fast as can be. */
  public static final Load UNKNOWN = new Load(0, 1, 0, 0);
}
