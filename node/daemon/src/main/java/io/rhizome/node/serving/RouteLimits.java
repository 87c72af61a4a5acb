// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

/**
 * How long a request may take and how often it may be tried.
 *
 * @param repeatable whether it may run twice, as when its first node was lost
 * @param timeoutNanos the most that it may take, whatever the client grants; {@link Long#MAX_VALUE}
 *     for no bound
 * @param maxAttempts the most attempts from its entry node, at least 1; {@link Integer#MAX_VALUE}
 *     for no bound of its own
 */
public record RouteLimits(boolean repeatable, long timeoutNanos, int maxAttempts) {
  /** Only what the node itself sets. */
  public static final RouteLimits NONE = new RouteLimits(true, Long.MAX_VALUE, Integer.MAX_VALUE);

  /** Both these limits and those. */
  public RouteLimits and(RouteLimits other) {
    return new RouteLimits(
        repeatable && other.repeatable,
        Math.min(timeoutNanos, other.timeoutNanos),
        Math.min(maxAttempts, other.maxAttempts));
  }
}
