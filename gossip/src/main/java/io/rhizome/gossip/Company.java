// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import org.jspecify.annotations.Nullable;

/** The two distinct members that this node heard last: whether it is alone with its opinion. */
final class Company {
  private @Nullable NodeId last;
  private @Nullable NodeId other;
  private long lastNanos;
  private long otherNanos;

  void onHeard(long now, NodeId from) {
    NodeId before = last;
    if (before == null || !before.equals(from)) {
      other = before;
      otherNanos = lastNanos;
      last = from;
    }
    lastNanos = now;
  }

  /** Whether anything came from somebody else than that one since then. */
  boolean heardSince(long nanos, NodeId exceptFor) {
    return (last != null && !last.equals(exceptFor) && lastNanos >= nanos)
        || (other != null && !other.equals(exceptFor) && otherNanos >= nanos);
  }
}
