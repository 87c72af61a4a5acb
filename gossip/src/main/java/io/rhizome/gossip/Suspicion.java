// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One accusation that its target has not answered yet, as far as this node has heard.
 *
 * <p>A single accuser may itself be the slow one, so the target has long to refute at first; each
 * further member that suspects the same on its own evidence shortens that, down to what SWIM gives
 * (Lifeguard, section IV.B). With C of K confirmations:
 *
 * <pre>
 * time = longest - (longest - shortest) * log(C + 1) / log(K + 1)
 * </pre>
 *
 * <p>Gossip misses a node now and then: with 50 members and 8 sends each, one in 3,000 times. So
 * that no refutation is missed by chance, an open suspicion is put to the accused directly, at half
 * the shortest time and then at every further quarter of it.
 */
final class Suspicion {
  private final long raisedNanos;
  private final long shortestNanos;
  private final long longestNanos;
  private final int wanted;
  private final SortedSet<NodeId> accusers = new TreeSet<>();
  private long callNanos;

  private Suspicion(long raisedNanos, long shortestNanos, long longestNanos, int wanted) {
    this.raisedNanos = raisedNanos;
    this.shortestNanos = shortestNanos;
    this.longestNanos = longestNanos;
    this.wanted = wanted;
    this.callNanos = raisedNanos + shortestNanos / 2;
  }

  /** Starts the clock: the time to refute grows with the logarithm of the mesh (SWIM, 4.2). */
  static Suspicion raise(long nowNanos, NodeId accuser, GossipConfig config, int members) {
    int confirmations = config.lifeguard().confirmations();
    // Neither the accuser nor the accused confirms; where too few others are, nothing is waited
    // for.
    boolean enough = confirmations > 0 && members - 2 >= confirmations;
    long shortest = config.suspicionNanos(members);
    long longest = enough ? shortest * config.lifeguard().unconfirmedFactor() : shortest;
    Suspicion suspicion = new Suspicion(nowNanos, shortest, longest, enough ? confirmations : 0);
    suspicion.accusers.add(accuser);
    return suspicion;
  }

  /** Another accuser; whether that is news which shortens the time. */
  boolean confirm(NodeId accuser) {
    return accusers.size() <= wanted && accusers.add(accuser);
  }

  boolean isCallDue(long nowNanos) {
    return nowNanos - callNanos >= 0;
  }

  void called() {
    callNanos += Math.max(1, shortestNanos / 4);
  }

  boolean isExpired(long nowNanos) {
    return nowNanos - deadlineNanos() >= 0;
  }

  /** Whether the accused has been called once and had time to answer. */
  boolean isMostlyOver(long nowNanos) {
    return nowNanos - (raisedNanos + shortestNanos / 4 * 3) >= 0;
  }

  long nextNanos() {
    return Math.min(callNanos, deadlineNanos());
  }

  private long deadlineNanos() {
    if (wanted == 0) {
      return raisedNanos + longestNanos;
    }
    double shortened = StrictMath.log(accusers.size()) / StrictMath.log(wanted + 1.0);
    long off = (long) ((longestNanos - shortestNanos) * shortened);
    return raisedNanos + Math.max(shortestNanos, longestNanos - off);
  }
}
