// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import io.rhizome.node.access.AccessException.Reason;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the age of this node's policy means: beyond a rule's limit its requests are refused, beyond
 * {@link #TOLD_NANOS} clients are told. Pure.
 */
final class PolicyAge {
  /** Younger policy is not worth a word. */
  static final long TOLD_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final String UNKNOWN = "unknown";

  private PolicyAge() {}

  /**
   * Refuses where policy is older than it may be.
   *
   * @param ageNanos {@link Long#MAX_VALUE} for never known to be current, which is too old for any
   *     rule
   * @param maxNanos {@link Long#MAX_VALUE} for no rule
   */
  static void require(long ageNanos, long maxNanos, String model) throws AccessException {
    if (maxNanos == Long.MAX_VALUE || ageNanos <= maxNanos) {
      return;
    }
    String age =
        ageNanos == Long.MAX_VALUE ? "has not been confirmed since it started" : seconds(ageNanos);
    throw new AccessException(
        Reason.STALE_POLICY,
        "policy at this node %s; '%s' may be served with policy of at most %d ms"
            .formatted(age, model, TimeUnit.NANOSECONDS.toMillis(maxNanos)));
  }

  private static String seconds(long ageNanos) {
    return "is " + TimeUnit.NANOSECONDS.toSeconds(ageNanos) + " s old: no majority is in reach";
  }

  /** What clients are told: seconds, or {@code unknown}; empty while policy is young. */
  static Optional<String> told(long ageNanos) {
    if (ageNanos == Long.MAX_VALUE) {
      return Optional.of(UNKNOWN);
    }
    return ageNanos < TOLD_NANOS
        ? Optional.empty()
        : Optional.of(Long.toString(TimeUnit.NANOSECONDS.toSeconds(ageNanos)));
  }
}
