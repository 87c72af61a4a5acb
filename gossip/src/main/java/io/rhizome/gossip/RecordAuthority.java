// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Signs this node's own records and checks those of others. Pure: no IO, no blocking, no clock.
 * Called on the gossip thread only, and only when a record is new to this node.
 */
public interface RecordAuthority {
  /** A signature by this node's key over these bytes, of at most 80 bytes. */
  byte[] sign(byte[] record);

  /** Whether {@code owner} is admitted to the mesh and made this signature over these bytes. */
  boolean verify(NodeId owner, byte[] record, byte[] signature);
}
