// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.RecordAuthority;
import io.rhizome.store.Digest;
import io.rhizome.store.SignedManifest;
import io.rhizome.store.Signers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is signed with whose key. Each kind of message starts with a text of its own, so that a
 * signature over one kind never passes for another. Those of gossip's records are plain, 64 bytes,
 * since each crosses to each member; all others are in DER. Any thread; does not block.
 */
public final class Signing implements RecordAuthority, Signers {
  private static final byte[] RECORD = domain("rhizome-record-v1");

  private final Identity self;
  private final Admitted admitted;

  /** Signs with this node's key and checks against the admitted set. */
  public Signing(Identity self, Admitted admitted) {
    this.self = self;
    this.admitted = admitted;
  }

  @Override
  public boolean admits(NodeId sender) {
    return admitted.isNode(sender);
  }

  @Override
  public byte[] sign(byte[] record) {
    return PlainSignatures.ofDer(self.sign(join(RECORD, record)));
  }

  @Override
  public boolean verify(NodeId owner, byte[] record, byte[] signature) {
    byte[] der = PlainSignatures.toDer(signature);
    return der.length > 0
        && admitted.isNode(owner)
        && admitted.verify(owner, join(RECORD, record), der);
  }

  /**
   * Whether a model may run here: {@code signer} (32 bytes, the id of the key) is an operator and
   * vouched for that manifest.
   */
  @Override
  public boolean trusted(byte[] signer, Digest manifestId, byte[] signature) {
    if (signer.length != NodeId.BYTES) {
      return false;
    }
    NodeId id = NodeId.of(signer);
    return admitted.isOperator(id)
        && admitted.verify(id, SignedManifest.signedBytes(manifestId), signature);
  }

  static byte[] domain(String name) {
    return (name + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer joined = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }
}
