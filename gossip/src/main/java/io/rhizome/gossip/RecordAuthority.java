// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Says who is admitted, signs this node's own records and checks those of others. Pure: no IO, no
 * blocking, no clock. Called on the gossip thread only; {@link #verify} only when a record is new
 * to this node.
 */
public interface RecordAuthority {
  /** Whether that node is heard at all. */
  boolean admits(NodeId sender);

  /** A signature by this node's key over these bytes, of at most 80 bytes. */
  byte[] sign(byte[] record);

  /** Whether {@code owner} is admitted to the mesh and made this signature over these bytes. */
  boolean verify(NodeId owner, byte[] record, byte[] signature);
}
