// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.ByteBuffer;

/** Unsigned numbers in as few bytes as they need, seven bits each, the lowest first (LEB128). */
public final class VarInt {
  private static final int BITS = 7;
  private static final int MORE = 0x80;
  private static final int MAX_BYTES = 10;

  private VarInt() {}

  /** How many bytes {@link #put} writes. */
  static int bytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + BITS - 1) / BITS);
  }

  /** How many bytes {@link #putVersion} writes. */
  static int versionBytes(long version) {
    return bytes(version >>> 32) + bytes(version & 0xffff_ffffL);
  }

  /** Writes a number, read as unsigned. */
  public static void put(ByteBuffer out, long value) {
    long left = value;
    while ((left & -MORE) != 0) {
      out.put((byte) ((left & (MORE - 1)) | MORE));
      left >>>= BITS;
    }
    out.put((byte) left);
  }

  /** Writes an incarnation or a version: its boot epoch and its counter, both small as a rule. */
  public static void putVersion(ByteBuffer out, long version) {
    put(out, version >>> 32);
    put(out, version & 0xffff_ffffL);
  }

  /** Reads what {@link #put} wrote; {@link IllegalArgumentException} where it is too long. */
  public static long get(ByteBuffer in) {
    long value = 0;
    for (int i = 0; i < MAX_BYTES; i++) {
      byte next = in.get();
      value |= (long) (next & (MORE - 1)) << (BITS * i);
      if ((next & MORE) == 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 10 bytes");
  }

  /** Reads what {@link #putVersion} wrote; {@link IllegalArgumentException} out of range. */
  public static long getVersion(ByteBuffer in) {
    long epoch = get(in);
    long counter = get(in);
    if (epoch >>> 32 != 0 || counter >>> 32 != 0) {
      throw new IllegalArgumentException("half a version has at most 32 bits");
    }
    return (epoch << 32) | counter;
  }
}
