// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;

/**
 * For each key an order of the nodes, the same wherever it is computed: by the hash of both (D.
 * Thaler, C. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", IEEE/ACM ToN 6(1),
 * 1998). A node that comes or goes changes the place of no other. Stateless; any thread.
 */
public final class Rendezvous {
  private Rendezvous() {}

  /** The key that a text stands for: FNV-1a over its characters. */
  public static long key(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The key that a text and a number stand for. */
  public static long key(String text, long number) {
    return key(text) ^ mix(number);
  }

  /** Where in that key's order a node stands: the least comes first. */
  public static long rank(NodeId node, long key) {
    return mix(key ^ mix(node.prefix()));
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
