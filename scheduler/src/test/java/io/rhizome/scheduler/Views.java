// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.NodeView.Standing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Builds small cluster views for tests; node 0 is this node, and holds nothing unless told to. */
public final class Views {
  public static final String MODEL = "digits";
  public static final long MILLI = 1_000_000;

  private final SortedMap<NodeId, NodeView> nodes = new TreeMap<>();
  private final SortedMap<Long, List<NodeId>> holders = new TreeMap<>();
  private final SortedMap<Long, List<NodeId>> cold = new TreeMap<>();
  private RouteRules rules = RouteRules.NONE;
  private final SortedMap<NodeId, Long> full = new TreeMap<>();
  private long nowNanos;

  public Views() {
    put(bare(0));
  }

  public static NodeId node(int number) {
    byte[] bytes = new byte[NodeId.BYTES];
    bytes[0] = (byte) number;
    bytes[1] = (byte) (number >> 8);
    return NodeId.of(bytes);
  }

  /** A node with nothing particular about it, 1 ms away unless it is this one. */
  public static NodeView bare(int number) {
    return new NodeView(
        node(number),
        Standing.WELL,
        Reachability.DIRECT,
        number == 0 ? 0 : MILLI,
        0,
        new Load(0, 8, 0, MILLI),
        0,
        0,
        Place.UNKNOWN);
  }

  public static NodeView at(NodeView node, long rttNanos, Load load) {
    return new NodeView(
        node.id(),
        node.standing(),
        node.reachability(),
        rttNanos,
        node.transferNanosPerKib(),
        load,
        node.loadAgeNanos(),
        node.outstanding(),
        node.place());
  }

  public static NodeView with(NodeView node, Standing standing) {
    return new NodeView(
        node.id(),
        standing,
        node.reachability(),
        node.rttNanos(),
        node.transferNanosPerKib(),
        node.load(),
        node.loadAgeNanos(),
        node.outstanding(),
        node.place());
  }

  public static NodeView with(NodeView node, Reachability reachability) {
    return new NodeView(
        node.id(),
        node.standing(),
        reachability,
        node.rttNanos(),
        node.transferNanosPerKib(),
        node.load(),
        node.loadAgeNanos(),
        node.outstanding(),
        node.place());
  }

  public static NodeView with(NodeView node, Place place) {
    return new NodeView(
        node.id(),
        node.standing(),
        node.reachability(),
        node.rttNanos(),
        node.transferNanosPerKib(),
        node.load(),
        node.loadAgeNanos(),
        node.outstanding(),
        place);
  }

  public static NodeView with(NodeView node, int outstanding, long loadAgeNanos) {
    return new NodeView(
        node.id(),
        node.standing(),
        node.reachability(),
        node.rttNanos(),
        node.transferNanosPerKib(),
        node.load(),
        loadAgeNanos,
        outstanding,
        node.place());
  }

  /** A reachable holder of these versions. */
  public Views holder(int number, long rttNanos, long queueNanos, long... versions) {
    return holder(at(bare(number), rttNanos, new Load(0, 8, queueNanos, MILLI)), versions);
  }

  /** That node, as a holder of these versions. */
  public Views holder(NodeView node, long... versions) {
    return put(node, holders, versions);
  }

  /** That node, as one that has these versions on disk only. */
  public Views cold(NodeView node, long... versions) {
    return put(node, cold, versions);
  }

  private Views put(NodeView node, SortedMap<Long, List<NodeId>> among, long... versions) {
    put(node);
    for (long version : versions) {
      List<NodeId> held = among.computeIfAbsent(version, v -> new ArrayList<>());
      if (!held.contains(node.id())) {
        held.add(node.id());
        Collections.sort(held);
      }
    }
    return this;
  }

  public Views unreachable(int number, long... versions) {
    return holder(with(bare(number), Reachability.NONE), versions);
  }

  /** It refuses such requests, and may have room in so many nanoseconds. */
  public Views full(int number, long retryNanos) {
    full.put(node(number), retryNanos);
    return this;
  }

  /** That node, holding nothing. */
  public Views put(NodeView node) {
    nodes.put(node.id(), node);
    return this;
  }

  public Views rules(RouteRules all) {
    rules = all;
    return this;
  }

  public Views at(long now) {
    nowNanos = now;
    return this;
  }

  /** What the node of that number sees, as things stand now. */
  public ClusterView from(int self) {
    return new Snapshot(
        node(self),
        nowNanos,
        new TreeMap<>(nodes),
        new Holders(holders, cold),
        rules,
        new TreeMap<>(full));
  }

  private record Snapshot(
      NodeId self,
      long nowNanos,
      SortedMap<NodeId, NodeView> nodes,
      Holders held,
      RouteRules rules,
      SortedMap<NodeId, Long> full)
      implements ClusterView {
    @Override
    public Holders holders(String model) {
      return model.equals(MODEL) ? held : Holders.NONE;
    }

    @Override
    public Optional<NodeView> node(NodeId id) {
      return Optional.ofNullable(nodes.get(id));
    }

    @Override
    public long retryNanos(NodeId holder, Request request) {
      return full.getOrDefault(holder, 0L);
    }

    @Override
    public RouteRules rules(Request request) {
      return rules;
    }
  }
}
