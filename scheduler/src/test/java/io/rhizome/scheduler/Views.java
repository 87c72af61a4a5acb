// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Builds small cluster views for tests; node 0 is this node. */
public final class Views {
  public static final String MODEL = "digits";
  public static final long MILLI = 1_000_000;

  private final SortedMap<NodeId, NodeView> nodes = new TreeMap<>();

  public Views() {
    nodes.put(node(0), new NodeView(node(0), true, 0, Load.UNKNOWN, new TreeMap<>()));
  }

  public static NodeId node(int number) {
    byte[] bytes = new byte[NodeId.BYTES];
    bytes[0] = (byte) number;
    return NodeId.of(bytes);
  }

  /** A reachable holder of these versions. */
  public Views holder(int number, long rttNanos, long queueNanos, long... versions) {
    return with(number, true, rttNanos, queueNanos, versions);
  }

  public Views unreachable(int number, long... versions) {
    return with(number, false, MILLI, 0, versions);
  }

  private Views with(
      int number, boolean reachable, long rttNanos, long queueNanos, long... versions) {
    NavigableSet<Long> held = new TreeSet<>();
    for (long version : versions) {
      held.add(version);
    }
    SortedMap<String, NavigableSet<Long>> ready = new TreeMap<>();
    ready.put(MODEL, held);
    Load load = new Load(0, 8, queueNanos, MILLI);
    nodes.put(node(number), new NodeView(node(number), reachable, rttNanos, load, ready));
    return this;
  }

  public ClusterView from(int self) {
    return new ClusterView(node(self), nodes);
  }
}
