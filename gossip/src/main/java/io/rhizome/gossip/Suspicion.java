// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * One accusation that its target has not answered yet.
 *
 * @param accuser who raised it
 * @param deadlineNanos when the target counts as dead
 */
record Suspicion(NodeId accuser, long deadlineNanos) {
  /** Starts the clock: the time to refute grows with the logarithm of the mesh (SWIM, 4.2). */
  static Suspicion raise(long nowNanos, NodeId accuser, GossipConfig config, int members) {
    return new Suspicion(accuser, nowNanos + config.suspicionNanos(members));
  }

  boolean isExpired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }
}
