// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Who belongs to this mesh, in which role, with which key and labels. Any thread; does not block.
 * Answers may change between calls: ask each time, keep nothing.
 */
public interface Admitted {
  /** Whether this key may act as a node: gossip, forward, fetch. */
  boolean isNode(NodeId id);

  /** Whether this key may change what nodes do, and sign models. */
  boolean isOperator(NodeId id);

  /** What a node is called; empty if it is not admitted. */
  Optional<String> name(NodeId node);

  /** The labels that were given with admission ({@code region}, {@code site}, {@code tier}). */
  SortedMap<String, String> labels(NodeId node);

  /** Whether {@code signer}, admitted in any role, made this signature over this message. */
  boolean verify(NodeId signer, byte[] message, byte[] signature);
}
