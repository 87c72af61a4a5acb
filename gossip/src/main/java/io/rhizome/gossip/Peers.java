// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All other members, found by the prefix of their id and kept in its order; no two have the same.
 */
final class Peers {
  private final LongObjectMap<Peer> byPrefix = new LongObjectHashMap<>();
  private final List<Peer> ordered = new ArrayList<>();

  /** The member whose id begins so; null where there is none. */
  @Nullable Peer get(long prefix) {
    return byPrefix.get(prefix);
  }

  int size() {
    return ordered.size();
  }

  /** All, ordered by prefix, unsigned. */
  List<Peer> ordered() {
    return Collections.unmodifiableList(ordered);
  }

  /** The place in {@link #ordered} of the first whose prefix is not below that one. */
  int firstFrom(long prefix) {
    int low = 0;
    int high = ordered.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(ordered.get(middle).prefix, prefix) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  void add(Peer peer) {
    byPrefix.put(peer.prefix, peer);
    ordered.add(firstFrom(peer.prefix), peer);
  }

  void remove(Peer peer) {
    byPrefix.remove(peer.prefix);
    ordered.remove(firstFrom(peer.prefix));
  }
}
