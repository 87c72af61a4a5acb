// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What this node knows of the mesh at one moment, immutable, this node included.
 *
 * <p>Made once per change and read by many requests, so it carries an index by model.
 */
public final class ClusterView {
  private final NodeId self;
  private final SortedMap<NodeId, NodeView> nodes;
  private final SortedMap<String, List<NodeView>> holders = new TreeMap<>();

  /** A view from {@code self} over these usable nodes, which include itself. */
  public ClusterView(NodeId self, SortedMap<NodeId, NodeView> nodes) {
    this.self = self;
    this.nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    for (NodeView node : this.nodes.values()) {
      for (String model : node.ready().keySet()) {
        holders.computeIfAbsent(model, m -> new ArrayList<>()).add(node);
      }
    }
  }

  /** The node whose view this is. */
  public NodeId self() {
    return self;
  }

  /** All usable nodes, ordered by id. */
  public SortedMap<NodeId, NodeView> nodes() {
    return nodes;
  }

  /** The nodes that hold some version of this model loaded and warm, ordered by id. */
  public List<NodeView> holders(String model) {
    return Collections.unmodifiableList(holders.getOrDefault(model, List.of()));
  }
}
