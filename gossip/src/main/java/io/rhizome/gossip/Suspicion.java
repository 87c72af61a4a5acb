// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is held against one incarnation of a member that it has not answered yet, as far as this
 * node has heard: the signed accusations of distinct members.
 *
 * <p>A single accuser may itself be the slow one, so the target has long to refute at first; each
 * further member that accuses it on its own evidence shortens that, down to what SWIM gives
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
  private final long shortestNanos;
  private final long longestNanos;
  private final int wanted;
  private final SortedMap<NodeId, Accusation> accusations = new TreeMap<>();
  private long sinceNanos;
  private long callNanos;

  private Suspicion(long nowNanos, long shortestNanos, long longestNanos, int wanted) {
    this.shortestNanos = shortestNanos;
    this.longestNanos = longestNanos;
    this.wanted = wanted;
    this.sinceNanos = nowNanos;
    this.callNanos = nowNanos + shortestNanos / 2;
  }

  /** Starts the clock: the time to refute grows with the logarithm of the mesh (SWIM, 4.2). */
  static Suspicion raise(long nowNanos, GossipConfig config, int members) {
    // Neither the first accuser nor the accused confirms.
    int wanted = Math.max(0, Math.min(config.lifeguard().confirmations(), members - 2));
    long shortest = config.suspicionNanos(members);
    long longest = wanted > 0 ? shortest * config.lifeguard().unconfirmedFactor() : shortest;
    return new Suspicion(nowNanos, shortest, longest, wanted);
  }

  /** Adds what another accuser says, if it is not known and still wanted; whether it was. */
  boolean add(Accusation accusation) {
    return isWanted(accusation.accuser())
        && accusations.put(accusation.accuser(), accusation) == null;
  }

  /** Whether that accuser's word would count. */
  boolean isWanted(NodeId accuser) {
    return accusations.size() <= wanted && !accusations.containsKey(accuser);
  }

  /** How many distinct members accuse it. */
  int accusers() {
    return accusations.size();
  }

  /** The only member that accuses it; null where there are more. */
  @Nullable NodeId loneAccuser() {
    return accusations.size() == 1 ? accusations.firstKey() : null;
  }

  Collection<Accusation> accusations() {
    return Collections.unmodifiableCollection(accusations.values());
  }

  boolean isCallDue(long nowNanos) {
    return nowNanos - callNanos >= 0;
  }

  void called() {
    callNanos += Math.max(1, shortestNanos / 4);
  }

  /** The accused answered this node itself at that time: its time begins again. */
  void heard(long nanos) {
    sinceNanos = Math.max(sinceNanos, nanos);
  }

  boolean isOver(long nowNanos) {
    return nowNanos - overNanos() >= 0;
  }

  /** When {@link #isOver} or {@link #isCallDue} changes next. */
  long nextNanos() {
    return Math.min(callNanos, overNanos());
  }

  private long overNanos() {
    if (wanted == 0) {
      return sinceNanos + longestNanos;
    }
    double shortened =
        StrictMath.log(Math.max(1, accusations.size())) / StrictMath.log(wanted + 1.0);
    long off = (long) ((longestNanos - shortestNanos) * shortened);
    return sinceNanos + Math.max(shortestNanos, longestNanos - off);
  }
}
