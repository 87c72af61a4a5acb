// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * One accusation that its target has not answered yet, as far as this node has heard.
 *
 * <p>Gossip misses a node now and then: with 50 members and 8 sends each, one in 3,000 times. So
 * that no refutation is missed by chance, a suspicion still open at half its time is put to the
 * accused directly, and again at three quarters.
 *
 * @param accuser who raised it
 * @param callNanos when to put it to the accused
 * @param pauseNanos between such calls
 * @param deadlineNanos when the target counts as dead
 */
record Suspicion(NodeId accuser, long callNanos, long pauseNanos, long deadlineNanos) {
  /** Starts the clock: the time to refute grows with the logarithm of the mesh (SWIM, 4.2). */
  static Suspicion raise(long nowNanos, NodeId accuser, GossipConfig config, int members) {
    long time = config.suspicionNanos(members);
    return new Suspicion(accuser, nowNanos + time / 2, time / 4, nowNanos + time);
  }

  boolean isCallDue(long nowNanos) {
    return nowNanos - callNanos >= 0;
  }

  Suspicion called() {
    return new Suspicion(accuser, callNanos + pauseNanos, pauseNanos, deadlineNanos);
  }

  boolean isExpired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  /** Whether the accused has been called once and had time to answer. */
  boolean isMostlyOver(long nowNanos) {
    return nowNanos - (deadlineNanos - pauseNanos) >= 0;
  }

  long nextNanos() {
    return Math.min(callNanos, deadlineNanos);
  }
}
