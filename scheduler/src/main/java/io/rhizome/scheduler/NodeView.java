// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One node as a candidate: what the router may know of it.
 *
 * @param id who
 * @param reachable false while connections to it fail, though gossip has not buried it yet
 * @param rttNanos round trip to it in nanoseconds; 0 for this node, -1 where not yet known
 * @param load what it last said of its load
 * @param ready the versions of each model that it holds loaded and warm
 */
public record NodeView(
    NodeId id,
    boolean reachable,
    long rttNanos,
    Load load,
    SortedMap<String, NavigableSet<Long>> ready) {
  public NodeView {
    ready = Collections.unmodifiableSortedMap(new TreeMap<>(ready));
  }
}
