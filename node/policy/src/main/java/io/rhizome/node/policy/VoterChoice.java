// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import io.rhizome.gossip.NodeId;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Which node gets the next vote.
 *
 * <p>Goals: the wanted number of voters; spread over sites; among nodes that stay. Constraints: one
 * at a time; nobody is asked while there are not enough nodes to get to an odd number, for two
 * voters are worse than one. Algorithm: of the nodes that have been usable for long enough, the
 * first by (voters at its site, longest usable, id). Example: voter a at site x; b at x and c at y,
 * both stable: c is asked, then b.
 */
public final class VoterChoice {
  private VoterChoice() {}

  /**
   * A node that might vote.
   *
   * @param site where it is, as admitted; empty for unknown
   * @param usableNanos for how long the chooser has seen it usable
   */
  public record Candidate(NodeId id, String site, long usableNanos) {}

  /**
   * The next one to ask; empty where none is due.
   *
   * @param voters who vote now
   * @param nodes every usable node, voters included
   * @param wanted how many are to vote in the end: 1, 3 or 5
   * @param stableNanos for how long a node must have been usable
   */
  public static Optional<NodeId> next(
      SortedSet<NodeId> voters, Collection<Candidate> nodes, int wanted, long stableNanos) {
    List<Candidate> able =
        nodes.stream()
            .filter(node -> !voters.contains(node.id()) && node.usableNanos() >= stableNanos)
            .toList();
    int reachable = Math.min(wanted, voters.size() + able.size());
    int odd = reachable % 2 == 0 ? reachable - 1 : reachable;
    if (voters.size() >= odd) {
      return Optional.empty();
    }
    return able.stream()
        .min(
            Comparator.comparingLong((Candidate node) -> votersAt(node.site(), voters, nodes))
                .thenComparing(Comparator.comparingLong(Candidate::usableNanos).reversed())
                .thenComparing(Candidate::id))
        .map(Candidate::id);
  }

  private static long votersAt(String site, SortedSet<NodeId> voters, Collection<Candidate> nodes) {
    return nodes.stream()
        .filter(node -> voters.contains(node.id()) && node.site().equals(site))
        .count();
  }
}
