// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who holds a model loaded and warm, by version. Immutable, and shared by all requests until
 * membership or residency changes: routing must not cost more where more nodes hold a model.
 */
public final class Holders {
  /** Nobody. */
  public static final Holders NONE = new Holders(new TreeMap<>());

  private final SortedMap<Long, List<NodeId>> byVersion;

  /** These nodes by version. */
  public Holders(SortedMap<Long, List<NodeId>> byVersion) {
    SortedMap<Long, List<NodeId>> newestFirst = new TreeMap<>(Comparator.reverseOrder());
    byVersion.forEach((version, nodes) -> newestFirst.put(version, new SortedIds(nodes)));
    this.byVersion = Collections.unmodifiableSortedMap(newestFirst);
  }

  /** The holders of each version, newest first; random access, ordered by id. */
  public SortedMap<Long, List<NodeId>> byVersion() {
    return byVersion;
  }

  /** The holders of that version; 0 gives those of all, as they stand in {@link #byVersion}. */
  SortedMap<Long, List<NodeId>> wanted(long version) {
    if (version == 0) {
      return byVersion;
    }
    SortedMap<Long, List<NodeId>> one = new TreeMap<>();
    List<NodeId> nodes = byVersion.get(version);
    if (nodes != null) {
      one.put(version, nodes);
    }
    return one;
  }
}
