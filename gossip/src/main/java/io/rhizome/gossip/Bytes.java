// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable run of bytes, compared by content. */
public final class Bytes {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** A copy of these bytes. */
  public static Bytes of(byte[] content) {
    return content.length == 0 ? EMPTY : new Bytes(content.clone());
  }

  /** The next so many bytes of a buffer; {@link BufferUnderflowException} where it has fewer. */
  public static Bytes read(ByteBuffer in, int count) {
    if (count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    if (count == 0) {
      return EMPTY;
    }
    byte[] content = new byte[count];
    in.get(content);
    return new Bytes(content);
  }

  /** Appends all to a buffer that has room. */
  public void write(ByteBuffer out) {
    out.put(content);
  }

  /** All, to be read and not changed. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(content).asReadOnlyBuffer();
  }

  /** How many bytes. */
  public int size() {
    return content.length;
  }

  /** The last four, big-endian; 0 where there are fewer. */
  int last() {
    int at = content.length - Integer.BYTES;
    return at < 0 ? 0 : ByteBuffer.wrap(content).getInt(at);
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return content.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(content);
  }
}
