// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A SHA-256 digest, shown as 64 lower-case hexadecimal characters. Immutable; ordered by its bytes.
 */
public final class Digest implements Comparable<Digest> {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  private Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies exactly {@link #BYTES} bytes; {@link IllegalArgumentException} for any other length. */
  public static Digest of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + bytes.length);
    }
    return new Digest(bytes.clone());
  }

  /** The digest of these bytes. */
  public static Digest sha256(byte[] content) {
    return new Digest(newSha256().digest(content));
  }

  /** The digest of what remains in the buffer, whose position stays. */
  public static Digest sha256(ByteBuffer content) {
    MessageDigest sha256 = newSha256();
    sha256.update(content.duplicate());
    return new Digest(sha256.digest());
  }

  /** A fresh SHA-256 computation, for content that does not fit in memory. */
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Reads what {@link #toString()} wrote; {@link IllegalArgumentException} for anything else. */
  public static Digest parse(String text) {
    if (text.length() != 2 * BYTES
        || !text.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0)) {
      throw new IllegalArgumentException(
          "not 64 lower-case hexadecimal characters: '" + text + "'");
    }
    return new Digest(HexFormat.of().parseHex(text));
  }

  /** A copy of the {@link #BYTES} bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The first twelve characters: enough for people, never for protocols. */
  public String shortName() {
    return toString().substring(0, 12);
  }

  @Override
  public int compareTo(Digest other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
