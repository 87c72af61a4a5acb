// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a node says of itself to all others, slowly changing. Load is not here: it rides on
 * responses and rejections, fresher than gossip could make it.
 *
 * @param mesh where peers reach its mesh port over TCP (gRPC with mutual TLS) and UDP (gossip)
 * @param api where clients reach its public gRPC port
 * @param labels free labels such as {@code name}, {@code site}, {@code region}, {@code tier}
 * @param models what it holds, ordered by model name then version
 */
public record NodeState(
    Endpoint mesh, Endpoint api, SortedMap<String, String> labels, List<Residency> models) {
  public NodeState {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    models = List.copyOf(models);
  }
}
