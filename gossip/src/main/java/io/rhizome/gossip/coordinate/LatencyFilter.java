// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.coordinate;

import io.rhizome.gossip.NodeId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The median of the latest few round trips to each peer: one packet that waited in a queue, or for
 * a collector, moves nothing (Ledlie et al., "Network coordinates in the wild", NSDI'07, section
 * 4.1, where any low percentile of a short window will do).
 *
 * <p>Only the peers heard last are remembered. In a mesh larger than that, probed in turn, the
 * previous round trip to a peer is minutes old and says little; each then counts as it comes.
 */
final class LatencyFilter {
  private static final int WINDOW = 3;
  private static final int MAX_PEERS = 64;

  private final Map<NodeId, Window> peers = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Window {
    private final long[] samples = new long[WINDOW];
    private int count;
    private int next;

    long add(long rttNanos) {
      samples[next] = rttNanos;
      next = (next + 1) % WINDOW;
      count = Math.min(count + 1, WINDOW);
      long[] sorted = Arrays.copyOf(samples, count);
      Arrays.sort(sorted);
      return sorted[(count - 1) / 2];
    }
  }

  /** Takes a round trip in; gives the median of this peer's latest, the lower one of two. */
  long filter(NodeId peer, long rttNanos) {
    Window window = peers.computeIfAbsent(peer, unused -> new Window());
    if (peers.size() > MAX_PEERS) {
      peers.remove(peers.keySet().iterator().next());
    }
    return window.add(rttNanos);
  }

  /** How many peers are remembered. */
  int size() {
    return peers.size();
  }
}
