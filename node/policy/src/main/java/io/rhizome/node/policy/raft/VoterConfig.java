// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedSet;
import java.util.function.Predicate;

/**
 * What a voter is told when it starts.
 *
 * @param directory its own directory, on a real disk
 * @param self who it is
 * @param seeds voters to join; empty to found, or where the directory knows more than that
 * @param election how long a leader may be silent, at least; longer than several round trips
 * @param heartbeat how often a leader speaks
 * @param call how long a call to another voter may take
 * @param propose how long a proposal is tried before its author is told
 * @param mayVote nodes that may be given a vote
 * @param dead voters that this node itself has seen dead for long enough to take their vote away
 */
public record VoterConfig(
    Path directory,
    NodeId self,
    SortedSet<NodeId> seeds,
    Duration election,
    Duration heartbeat,
    Duration call,
    Duration propose,
    Predicate<NodeId> mayVote,
    Predicate<NodeId> dead) {
  /** The time-outs for voters whose round trips are short. */
  public static VoterConfig of(
      Path directory,
      NodeId self,
      SortedSet<NodeId> seeds,
      Predicate<NodeId> mayVote,
      Predicate<NodeId> dead) {
    return new VoterConfig(
        directory,
        self,
        seeds,
        Duration.ofSeconds(1),
        Duration.ofMillis(250),
        Duration.ofMillis(1500),
        Duration.ofSeconds(30),
        mayVote,
        dead);
  }
}
