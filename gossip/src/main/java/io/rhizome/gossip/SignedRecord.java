// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One thing that a node says of itself, signed by it, so that any member may pass it on and none
 * may alter it.
 *
 * @param owner who says it
 * @param key what it is about
 * @param version newer wins, across restarts too: the owner's boot epoch in the upper 32 bits; for
 *     {@code ALIVE} and {@code LEAVE} the incarnation, else unique among the owner's records
 * @param value what is said, at most {@link #MAX_VALUE_BYTES}
 * @param signature the owner's signature over {@link #signedBytes()}, at most {@link
 *     #MAX_SIGNATURE_BYTES}
 */
public record SignedRecord(
    NodeId owner, RecordKey key, long version, Bytes value, Bytes signature) {
  /** Longest value. */
  public static final int MAX_VALUE_BYTES = 700;

  /** Longest signature. */
  public static final int MAX_SIGNATURE_BYTES = 80;

  private static final byte[] DOMAIN = "rhizome record 1".getBytes(StandardCharsets.US_ASCII);

  /** Size of the signed bytes without their name, the model's name and the value. */
  private static final int FIXED_BYTES = NodeId.BYTES + 1 + 1 + 8 + 8 + 2;

  public SignedRecord {
    if (value.size() > MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "a record's value has at most " + MAX_VALUE_BYTES + " bytes, not " + value.size());
    }
    if (signature.size() > MAX_SIGNATURE_BYTES) {
      throw new IllegalArgumentException(
          "a signature has at most " + MAX_SIGNATURE_BYTES + " bytes, not " + signature.size());
    }
  }

  static SignedRecord sign(
      NodeId owner, RecordKey key, long version, Bytes value, RecordAuthority authority) {
    byte[] content = signedBytes(owner, key, version, value);
    return new SignedRecord(owner, key, version, value, Bytes.of(authority.sign(content)));
  }

  /** The bytes that the signature covers: everything but itself, under a name of their own. */
  public byte[] signedBytes() {
    return signedBytes(owner, key, version, value);
  }

  boolean isVerifiedBy(RecordAuthority authority) {
    return authority.verify(owner, signedBytes(), signature.toArray());
  }

  /** The boot epoch of the owner when it said this. */
  int epoch() {
    return (int) (version >>> 32);
  }

  /**
   * A name for this very record, unique enough among the news of some seconds: of two records with
   * one name, one is delivered by anti-entropy only.
   */
  public int id() {
    return signature.last();
  }

  /** Whether the record names its owner in full: only the first that is heard of it must. */
  public boolean introduces() {
    return key.kind() == RecordKey.Kind.ALIVE;
  }

  /** Size on the wire in bytes. */
  public int bytes() {
    int size = 1 + (introduces() ? NodeId.BYTES : 8) + VarInt.versionBytes(version);
    if (key.kind() == RecordKey.Kind.MODEL) {
      size += 1 + key.modelBytes() + VarInt.bytes(key.modelVersion());
    }
    return size + VarInt.bytes(value.size()) + value.size() + 1 + signature.size();
  }

  private static byte[] signedBytes(NodeId owner, RecordKey key, long version, Bytes value) {
    byte[] model = key.model().getBytes(StandardCharsets.UTF_8);
    int size = DOMAIN.length + FIXED_BYTES + model.length + value.size();
    ByteBuffer signed = ByteBuffer.allocate(size);
    signed
        .put(DOMAIN)
        .put(owner.bytes())
        .put((byte) key.kind().code())
        .put((byte) model.length)
        .put(model)
        .putLong(key.modelVersion())
        .putLong(version)
        .putShort((short) value.size());
    value.write(signed);
    return signed.array();
  }
}
