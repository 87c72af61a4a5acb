// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.charset.StandardCharsets;
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
 * @param cell the group of at most about 1,000 nodes that see all of each other, usually a region;
 *     empty while there is only one
 * @param labels free labels such as {@code name}, {@code site}, {@code region}, {@code tier}
 * @param models what it holds, ordered by model name then version
 */
public record NodeState(
    Endpoint mesh,
    Endpoint api,
    String cell,
    SortedMap<String, String> labels,
    List<Residency> models) {
  /** Longest name of a cell, in bytes of UTF-8. */
  public static final int MAX_CELL_BYTES = 32;

  public NodeState {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    models = List.copyOf(models);
    if (cell.getBytes(StandardCharsets.UTF_8).length > MAX_CELL_BYTES) {
      throw new IllegalArgumentException(
          "cell has at most " + MAX_CELL_BYTES + " bytes of UTF-8: '" + cell + "'");
    }
  }

  /** The same with other labels. */
  public NodeState withLabels(SortedMap<String, String> other) {
    return new NodeState(mesh, api, cell, other, models);
  }
}
