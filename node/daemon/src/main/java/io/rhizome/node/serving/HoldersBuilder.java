// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Residency;
import io.rhizome.scheduler.Holders;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects who holds one model, in order of ids. */
final class HoldersBuilder {
  private final String model;
  private final SortedMap<Long, List<NodeId>> ready = new TreeMap<>();
  private final SortedMap<Long, List<NodeId>> stored = new TreeMap<>();

  HoldersBuilder(String model) {
    this.model = model;
  }

  /** The next node, and what it holds. */
  void add(NodeId node, List<Residency> models) {
    for (Residency held : models) {
      if (held.model().equals(model)) {
        (held.state() == Residency.State.READY ? ready : stored)
            .computeIfAbsent(held.version(), version -> new ArrayList<>())
            .add(node);
      }
    }
  }

  boolean isEmpty() {
    return ready.isEmpty() && stored.isEmpty();
  }

  Holders build() {
    return new Holders(ready, stored);
  }
}
