// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The name of a node: the SHA-256 of its public key (X.509 SubjectPublicKeyInfo, DER), shown as 52
 * lower-case base32 characters (RFC 4648, no padding). A replaced key is another node.
 *
 * <p>Immutable; ordered by its bytes, unsigned, so that sorted collections iterate alike
 * everywhere.
 */
public final class NodeId implements Comparable<NodeId> {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int TEXT_LENGTH = 52;
  private static final int SHORT_LENGTH = 8;

  private final byte[] bytes;
  private final long prefix;

  private NodeId(byte[] bytes) {
    this.bytes = bytes;
    this.prefix = ByteBuffer.wrap(bytes).getLong();
  }

  /** Copies exactly {@link #BYTES} bytes; {@link IllegalArgumentException} for any other length. */
  public static NodeId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a node id has 32 bytes, not " + bytes.length);
    }
    return new NodeId(bytes.clone());
  }

  /** The id of the holder of this public key, given as DER-encoded SubjectPublicKeyInfo. */
  public static NodeId ofPublicKey(byte[] subjectPublicKeyInfo) {
    try {
      return new NodeId(MessageDigest.getInstance("SHA-256").digest(subjectPublicKeyInfo));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Reads what {@link #toString()} wrote; {@link IllegalArgumentException} for anything else. */
  public static NodeId parse(String text) {
    if (text.length() != TEXT_LENGTH) {
      throw new IllegalArgumentException("a node id has 52 base32 characters: " + text);
    }
    byte[] bytes = new byte[BYTES];
    int buffer = 0;
    int bits = 0;
    int at = 0;
    for (int i = 0; i < TEXT_LENGTH; i++) {
      int value = ALPHABET.indexOf(text.charAt(i));
      if (value < 0) {
        throw new IllegalArgumentException("not a base32 character in node id: " + text);
      }
      buffer = (buffer << 5) | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (byte) (buffer >> bits);
        buffer &= (1 << bits) - 1;
      }
    }
    if (buffer != 0) {
      throw new IllegalArgumentException("trailing bits set in node id: " + text);
    }
    return new NodeId(bytes);
  }

  /**
   * The first eight bytes, which is what packets carry of an id that the receiver is known to hold:
   * to make another key with the same takes 2^64 tries.
   */
  public long prefix() {
    return prefix;
  }

  /** A copy of the {@link #BYTES} bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The first eight characters: enough for people, never for protocols. */
  public String shortName() {
    return toString().substring(0, SHORT_LENGTH);
  }

  @Override
  public int compareTo(NodeId other) {
    int byPrefix = Long.compareUnsigned(prefix, other.prefix);
    return byPrefix != 0 ? byPrefix : Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof NodeId that
            && prefix == that.prefix
            && Arrays.equals(bytes, that.bytes));
  }

  @Override
  public int hashCode() {
    return Long.hashCode(prefix);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(TEXT_LENGTH);
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = (buffer << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt((buffer >> bits) & 31));
      }
      buffer &= (1 << bits) - 1;
    }
    return text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31)).toString();
  }
}
