// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Decides which voter a follower follows, and when.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>from</th><th>event</th><th>to</th></tr>
 * <tr><td>waiting</td><td>tick, due, a voter is known</td><td>following that one</td></tr>
 * <tr><td>following</td><td>progress</td><td>following; the next wait is the shortest again</td></tr>
 * <tr><td>following</td><td>end</td><td>waiting; the next voter in turn, each wait twice as long</td></tr>
 * </table>
 *
 * <p>Not thread-safe.
 */
final class Following {
  static final long MIN_WAIT_NANOS = 100_000_000L;
  static final long MAX_WAIT_NANOS = 5_000_000_000L;

  private final RandomGenerator random;
  private List<NodeId> voters = List.of();
  private int turn;
  private boolean following;
  private long dueNanos;
  private long waitNanos = MIN_WAIT_NANOS;

  /** Begins at once, with any voter. */
  Following(RandomGenerator random, long nowNanos) {
    this.random = random;
    this.dueNanos = nowNanos;
    this.turn = random.nextInt(Integer.MAX_VALUE);
  }

  /** These may be followed. */
  void onVoters(List<NodeId> known) {
    voters = List.copyOf(known);
  }

  /** The voter that was followed sent something. */
  void onProgress() {
    waitNanos = MIN_WAIT_NANOS;
  }

  /** The voter that was followed sends no more. */
  void onEnd(long nowNanos) {
    following = false;
    turn = (turn + 1) & Integer.MAX_VALUE;
    dueNanos = nowNanos + waitNanos / 2 + random.nextLong(waitNanos / 2 + 1);
    waitNanos = Math.min(2 * waitNanos, MAX_WAIT_NANOS);
  }

  /** Whom to follow from now on, if that is to change. */
  Optional<NodeId> onTick(long nowNanos) {
    if (following || voters.isEmpty() || nowNanos - dueNanos < 0) {
      return Optional.empty();
    }
    following = true;
    return Optional.of(voters.get(turn % voters.size()));
  }
}
