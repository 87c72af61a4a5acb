// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who holds a model, by version: loaded and warm, or cold, which is on disk only. Immutable, and
 * shared by all requests until membership or residency changes: routing must not cost more where
 * more nodes hold a model.
 */
public final class Holders {
  /** Nobody. */
  public static final Holders NONE = new Holders(new TreeMap<>());

  private final SortedMap<Long, List<NodeId>> byVersion;
  private final SortedMap<Long, List<NodeId>> cold;

  /** These nodes by version, and no cold ones. */
  public Holders(SortedMap<Long, List<NodeId>> byVersion) {
    this(byVersion, Collections.emptySortedMap());
  }

  /**
   * These nodes by version.
   *
   * @param byVersion who holds it loaded and warm
   * @param cold who would have to load it first
   */
  public Holders(SortedMap<Long, List<NodeId>> byVersion, SortedMap<Long, List<NodeId>> cold) {
    this.byVersion = newestFirst(byVersion);
    this.cold = newestFirst(cold);
  }

  private static SortedMap<Long, List<NodeId>> newestFirst(SortedMap<Long, List<NodeId>> nodes) {
    SortedMap<Long, List<NodeId>> newestFirst = new TreeMap<>(Comparator.reverseOrder());
    nodes.forEach((version, ids) -> newestFirst.put(version, new SortedIds(ids)));
    return Collections.unmodifiableSortedMap(newestFirst);
  }

  /** The warm holders of each version, newest first; random access, ordered by id. */
  public SortedMap<Long, List<NodeId>> byVersion() {
    return byVersion;
  }

  /** Whether that node would have to load that version before it can run it. */
  boolean isCold(long version, NodeId node) {
    return contains(cold, version, node) && !contains(byVersion, version, node);
  }

  private static boolean contains(
      SortedMap<Long, List<NodeId>> holders, long version, NodeId node) {
    List<NodeId> nodes = holders.isEmpty() ? null : holders.get(version);
    return nodes != null && nodes.contains(node);
  }

  /** All holders of that version, warm and cold; 0 for any version. */
  public SortedSet<NodeId> all(long version) {
    SortedSet<NodeId> all = new TreeSet<>();
    wanted(version).values().forEach(nodes -> all.addAll(nodes));
    wantedCold(version).values().forEach(nodes -> all.addAll(nodes));
    return all;
  }

  /** The warm holders of that version; 0 gives those of all, as in {@link #byVersion}. */
  SortedMap<Long, List<NodeId>> wanted(long version) {
    return wanted(byVersion, version);
  }

  /** The cold holders of that version; 0 gives those of all, newest first. */
  SortedMap<Long, List<NodeId>> wantedCold(long version) {
    return wanted(cold, version);
  }

  private static SortedMap<Long, List<NodeId>> wanted(
      SortedMap<Long, List<NodeId>> holders, long version) {
    if (version == 0) {
      return holders;
    }
    List<NodeId> nodes = holders.get(version);
    if (nodes == null) {
      return Collections.emptySortedMap();
    }
    SortedMap<Long, List<NodeId>> one = new TreeMap<>();
    one.put(version, nodes);
    return one;
  }
}
