// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Another node of the site that the mesh can reach.
 *
 * @param name what it claims with
 * @param said what it said of its part in the site last; empty where it has not been asked yet, or
 *     takes no part
 */
public record Neighbour(String name, Optional<Part> said) {
  /**
   * What a node says of its part in its site.
   *
   * @param store where its store is found by others; not looked up yet
   * @param used whether its site has jobs, as far as it knows; else it has no store open
   * @param group the group of nodes that it works with; empty while it has none
   */
  public record Part(InetSocketAddress store, boolean used, Optional<Group> group) {}

  /**
   * Nodes that work as one cluster, as one of them sees it.
   *
   * @param lead its oldest node's name
   * @param nodes how many they are
   * @param writes whether they may write: a majority of those that store the site's jobs
   */
  public record Group(String lead, int nodes, boolean writes) {
    /** Whether this group stays, of two that cannot both. */
    boolean staysBefore(Group other) {
      if (writes != other.writes) {
        return writes;
      }
      return nodes == other.nodes ? lead.compareTo(other.lead) < 0 : nodes > other.nodes;
    }
  }
}
