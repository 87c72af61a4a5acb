// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How patient a voter is, by the round trips to the others. Any thread.
 *
 * <p>Goals: on short links a lost leader is replaced as soon as the configuration says; on long
 * ones that lose messages a leader that lives is not. Algorithm: of each voter's last round trips
 * the median counts, so that neither the one in which a connection was made nor those in which a
 * packet was sent again do; of the voters the slowest. The election time-out is several of those,
 * at least what is configured, and changes only when it is off by a good deal. Example: 600 ms
 * round trips give an election time-out of 4.8 s, of which two losses in a row take three.
 */
final class Pace {
  private static final int ROUND_TRIPS_OF_ELECTION = 8;
  private static final int ROUND_TRIPS_OF_CALL = 4;
  private static final double ROUND_TRIPS_OF_ANSWER = 1.5;
  private static final int REMEMBERED = 7;
  private static final double TOO_SHORT = 1.5;
  private static final double TOO_LONG = 0.5;
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Duration least;
  private final SortedMap<NodeId, Deque<Long>> lastNanos = new TreeMap<>();
  private Duration election;

  /** Begins with the least election time-out. */
  Pace(Duration least) {
    this.least = least;
    this.election = least;
  }

  /** An answer came after that long. */
  synchronized void onRoundTrip(NodeId voter, long nanos) {
    Deque<Long> last = lastNanos.computeIfAbsent(voter, first -> new ArrayDeque<>());
    last.addLast(nanos);
    if (last.size() > REMEMBERED) {
      last.removeFirst();
    }
    long wanted = ROUND_TRIPS_OF_ELECTION * slowest();
    wanted = Math.min(Math.max(wanted, least.toNanos()), LONGEST.toNanos());
    double off = (double) wanted / election.toNanos();
    if (off >= TOO_SHORT || off <= TOO_LONG) {
      election = Duration.ofNanos(wanted);
    }
  }

  /** Only those vote now. */
  synchronized void onVoters(Collection<NodeId> voters) {
    lastNanos.keySet().retainAll(voters);
  }

  /** How long a leader may be silent, at least. */
  synchronized Duration election() {
    return election;
  }

  /** How long an answer is waited for, given what is configured. */
  synchronized long callNanos(long leastNanos) {
    return Math.max(leastNanos, ROUND_TRIPS_OF_CALL * slowest());
  }

  /** How long an answer that needs nobody else is waited for, given what is configured. */
  synchronized long answerNanos(long leastNanos) {
    return Math.max(leastNanos, Math.round(ROUND_TRIPS_OF_ANSWER * slowest()));
  }

  private long slowest() {
    return lastNanos.values().stream().mapToLong(Pace::median).max().orElse(0);
  }

  private static long median(Deque<Long> nanos) {
    return nanos.stream().sorted().skip((nanos.size() - 1) / 2).findFirst().orElse(0L);
  }
}
