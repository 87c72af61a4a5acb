// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One member's word that another did not answer it, signed, so that nobody can accuse in the name
 * of others: a death needs several.
 *
 * @param target the accused
 * @param incarnation of the accused: a newer one is not meant
 * @param accuser who says so
 * @param signature the accuser's over {@link #signedBytes()}, at most {@link
 *     SignedRecord#MAX_SIGNATURE_BYTES}
 */
public record Accusation(NodeId target, long incarnation, NodeId accuser, Bytes signature) {
  private static final byte[] DOMAIN = "rhizome accusation 1".getBytes(StandardCharsets.US_ASCII);

  public Accusation {
    if (signature.size() > SignedRecord.MAX_SIGNATURE_BYTES) {
      throw new IllegalArgumentException(
          "a signature has at most %d bytes, not %d"
              .formatted(SignedRecord.MAX_SIGNATURE_BYTES, signature.size()));
    }
  }

  static Accusation sign(
      NodeId target, long incarnation, NodeId accuser, RecordAuthority authority) {
    byte[] content = signedBytes(target, incarnation, accuser);
    return new Accusation(target, incarnation, accuser, Bytes.of(authority.sign(content)));
  }

  /** The bytes that the signature covers: everything but itself, under a name of their own. */
  public byte[] signedBytes() {
    return signedBytes(target, incarnation, accuser);
  }

  boolean isVerifiedBy(RecordAuthority authority) {
    return authority.verify(accuser, signedBytes(), signature.toArray());
  }

  private static byte[] signedBytes(NodeId target, long incarnation, NodeId accuser) {
    return ByteBuffer.allocate(DOMAIN.length + 2 * NodeId.BYTES + 8)
        .put(DOMAIN)
        .put(target.bytes())
        .putLong(incarnation)
        .put(accuser.bytes())
        .array();
  }
}
