// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import java.time.Duration;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How patient a voter is, by the round trips to the others. Any thread.
 *
 * <p>Goals: on short links a lost leader is replaced as soon as the configuration says; on long
 * ones that lose messages a leader that lives is not. Algorithm: a round trip is smoothed for each
 * voter, quickly up and slowly down; the slowest counts. The election time-out is several of those,
 * at least what is configured, and changes only when it is off by a good deal. Example: 600 ms
 * round trips give an election time-out of 3.6 to 4.8 s.
 */
final class Pace {
  private static final int ROUND_TRIPS_OF_ELECTION = 8;
  private static final int ROUND_TRIPS_OF_CALL = 4;
  private static final double ROUND_TRIPS_OF_ANSWER = 1.5;
  private static final double UP = 0.5;
  private static final double DOWN = 0.125;
  private static final double TOO_SHORT = 1.5;
  private static final double TOO_LONG = 0.5;
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Duration least;
  private final SortedMap<NodeId, Double> smoothedNanos = new TreeMap<>();
  private Duration election;

  /** Begins with the least election time-out. */
  Pace(Duration least) {
    this.least = least;
    this.election = least;
  }

  /** An answer came after that long. */
  synchronized void onRoundTrip(NodeId voter, long nanos) {
    smoothedNanos.merge(
        voter, (double) nanos, (old, now) -> old + (now > old ? UP : DOWN) * (now - old));
    long wanted = Math.round(ROUND_TRIPS_OF_ELECTION * slowest());
    wanted = Math.min(Math.max(wanted, least.toNanos()), LONGEST.toNanos());
    double off = (double) wanted / election.toNanos();
    if (off >= TOO_SHORT || off <= TOO_LONG) {
      election = Duration.ofNanos(wanted);
    }
  }

  /** Only those vote now. */
  synchronized void onVoters(Collection<NodeId> voters) {
    smoothedNanos.keySet().retainAll(voters);
  }

  /** How long a leader may be silent, at least. */
  synchronized Duration election() {
    return election;
  }

  /** How long an answer is waited for, given what is configured. */
  synchronized long callNanos(long leastNanos) {
    return Math.max(leastNanos, Math.round(ROUND_TRIPS_OF_CALL * slowest()));
  }

  /** How long an answer that needs nobody else is waited for, given what is configured. */
  synchronized long answerNanos(long leastNanos) {
    return Math.max(leastNanos, Math.round(ROUND_TRIPS_OF_ANSWER * slowest()));
  }

  private double slowest() {
    return smoothedNanos.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }
}
