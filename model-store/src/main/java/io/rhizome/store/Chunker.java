// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.nio.ByteBuffer;

/**
 * Finds content-defined chunk boundaries, so that two versions of a file that share bytes share
 * chunks: an insertion moves the boundaries near it and no others.
 *
 * <p>Chunks have {@link #MIN_BYTES} to {@link #MAX_BYTES}, about {@link #TARGET_BYTES} mostly; the
 * last of a file may be shorter. The boundaries depend on the content only, not on how it is fed.
 * One thread at a time. After FastCDC (Xia et al., USENIX ATC 2016), with its normalised chunking.
 */
public final class Chunker {
  /** Least size of a chunk that is not a file's last: 256 KiB. */
  public static final int MIN_BYTES = 256 << 10;

  /** The size that chunks tend to: 1 MiB. */
  public static final int TARGET_BYTES = 1 << 20;

  /** Largest size of a chunk: 2 MiB, which fits one message with room to spare. */
  public static final int MAX_BYTES = 2 << 20;

  // The gear hash shifts left by one a byte, so its upper bits know the last 64 bytes. A boundary
  // is where the upper bits are all zero: four times rarer than one in TARGET_BYTES before the
  // target is reached, sixteen times likelier after it.
  private static final long RARE = -1L << (Long.SIZE - 22);
  private static final long LIKELY = -1L << (Long.SIZE - 16);
  private static final long[] GEAR = gear();

  private long hash;
  private int length;

  /**
   * Consumes bytes up to and including the end of the current chunk, or all of them.
   *
   * @return whether a chunk ends at the buffer's position now; the next call begins the next chunk
   */
  public boolean take(ByteBuffer bytes) {
    int skipped = Math.min(bytes.remaining(), Math.max(0, MIN_BYTES - 1 - length));
    bytes.position(bytes.position() + skipped);
    length += skipped;
    while (bytes.hasRemaining()) {
      hash = (hash << 1) + GEAR[bytes.get() & 0xff];
      length++;
      long mask = length < TARGET_BYTES ? RARE : LIKELY;
      if ((hash & mask) == 0 || length == MAX_BYTES) {
        hash = 0;
        length = 0;
        return true;
      }
    }
    return false;
  }

  /** One number a byte value, the same on every node: the start of the value's SHA-256. */
  private static long[] gear() {
    long[] gear = new long[256];
    for (int value = 0; value < gear.length; value++) {
      gear[value] = ByteBuffer.wrap(Digest.sha256(new byte[] {(byte) value}).bytes()).getLong();
    }
    return gear;
  }
}
