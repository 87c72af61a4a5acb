// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.RecordAuthority;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Signatures of the size of real ones that only honest nodes respect: a hash of owner and record.
 * Cheap and deterministic, which is what a simulation needs of them.
 */
public final class SimAuthority implements RecordAuthority {
  private static final int SIGNATURE_BYTES = 64;

  private final NodeId self;

  /** Signs as that node. */
  public SimAuthority(NodeId self) {
    this.self = self;
  }

  @Override
  public boolean admits(NodeId sender) {
    return true;
  }

  @Override
  public byte[] sign(byte[] record) {
    return signature(self, record);
  }

  @Override
  public boolean verify(NodeId owner, byte[] record, byte[] signature) {
    return Arrays.equals(signature, signature(owner, record));
  }

  private static byte[] signature(NodeId owner, byte[] record) {
    ByteBuffer signature = ByteBuffer.allocate(SIGNATURE_BYTES);
    CRC32C checksum = new CRC32C();
    checksum.update(record);
    long hash = 31 * owner.prefix() + checksum.getValue();
    while (signature.hasRemaining()) {
      hash = hash * 6364136223846793005L + 1442695040888963407L;
      signature.putLong(hash);
    }
    return signature.array();
  }
}
