// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.SortedSet;

/**
 * This node's place in its site.
 *
 * @param spell counts how often this node took part anew; what was claimed in an earlier spell is
 *     others' now
 * @param present the nodes that take part now, by the names that they claim with
 * @param all the nodes that the site counts, of which a majority must be there
 */
public record Site(long spell, SortedSet<String> present, SortedSet<String> all) {
  /** How many of so many are a majority. */
  public static int majority(int of) {
    return of / 2 + 1;
  }
}
