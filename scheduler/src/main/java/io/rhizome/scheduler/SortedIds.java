// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.RandomAccess;
import java.util.TreeSet;

/**
 * Ids in their order, in which one is found without touching the others: a router looks up every
 * node that it heard of among a thousand holders. Immutable.
 */
final class SortedIds extends AbstractList<NodeId> implements RandomAccess {
  private final NodeId[] ids;
  private final long[] keys;

  /** Each of these once, in whatever order they come. */
  SortedIds(Collection<NodeId> nodes) {
    ids = new TreeSet<>(nodes).toArray(new NodeId[0]);
    keys = new long[ids.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(ids[i]);
    }
  }

  /** The prefix, as unsigned numbers are ordered. */
  private static long key(NodeId id) {
    return id.prefix() ^ Long.MIN_VALUE;
  }

  @Override
  public NodeId get(int index) {
    return ids[index];
  }

  @Override
  public int size() {
    return ids.length;
  }

  @Override
  public boolean contains(Object wanted) {
    return indexOf(wanted) >= 0;
  }

  @Override
  public int indexOf(Object wanted) {
    if (!(wanted instanceof NodeId id)) {
      return -1;
    }
    int at = Arrays.binarySearch(keys, key(id));
    if (at < 0 || ids[at].equals(id)) {
      return Math.max(-1, at);
    }
    // Another of the same prefix.
    return Math.max(-1, Collections.binarySearch(this, id));
  }
}
