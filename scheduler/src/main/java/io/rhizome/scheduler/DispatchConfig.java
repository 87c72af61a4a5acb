// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

/**
 * Bounds on the attempts of one request at one node.
 *
 * <p>Attempts multiply along a path, as each node on it may try several others. So only the entry
 * node, which knows the whole deadline, tries widely; a node further on tries once and hands the
 * refusal back.
 *
 * @param maxAttempts at the node where the request entered, at least 1
 * @param maxAttemptsForwarded at a node that got the request from a peer, at least 1
 */
public record DispatchConfig(int maxAttempts, int maxAttemptsForwarded) {
  /** Eight at the entry; further on one, else an overload would send every request on a tour. */
  public static final DispatchConfig DEFAULT = new DispatchConfig(8, 1);

  public DispatchConfig {
    if (maxAttempts < 1 || maxAttemptsForwarded < 1) {
      throw new IllegalArgumentException(
          "attempts must be at least 1: " + maxAttempts + ", forwarded " + maxAttemptsForwarded);
    }
  }

  /** The same, with no more attempts at the entry than that, at least 1. */
  public DispatchConfig atMost(int attempts) {
    return new DispatchConfig(Math.min(maxAttempts, attempts), maxAttemptsForwarded);
  }

  int attemptsFor(Request request) {
    return request.isEntering() ? maxAttempts : maxAttemptsForwarded;
  }
}
