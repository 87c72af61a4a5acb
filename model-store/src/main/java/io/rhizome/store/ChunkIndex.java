// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How a file is cut: its chunks in order, without gaps. It is a help for transfer, no authority:
 * the file's digest in the signed manifest decides, so that an index that lies costs time only.
 *
 * @param chunks from offset 0 on; none for an empty file
 */
public record ChunkIndex(List<Chunk> chunks) {
  private static final int ENTRY_BYTES = Integer.BYTES + Digest.BYTES;

  public ChunkIndex {
    chunks = List.copyOf(chunks);
    long end = 0;
    for (Chunk chunk : chunks) {
      if (chunk.offset() != end) {
        throw new IllegalArgumentException(
            "chunk at offset %d must start at %d".formatted(chunk.offset(), end));
      }
      end += chunk.length();
    }
  }

  /** Size of the file in bytes. */
  public long bytes() {
    return chunks.isEmpty()
        ? 0
        : chunks.get(chunks.size() - 1).offset() + chunks.get(chunks.size() - 1).length();
  }

  /** As it is kept and sent: of each chunk its length, 4 bytes big-endian, then its digest. */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(chunks.size() * ENTRY_BYTES);
    chunks.forEach(chunk -> out.putInt(chunk.length()).put(chunk.digest().bytes()));
    return out.array();
  }

  /**
   * Reads what {@link #encode} wrote; {@link IllegalArgumentException} for anything else, and where
   * it is not of a file of that many bytes.
   */
  public static ChunkIndex parse(byte[] encoded, long fileBytes) {
    if (encoded.length % ENTRY_BYTES != 0 || encoded.length > maxEncodedBytes(fileBytes)) {
      throw new IllegalArgumentException(
          "a chunk index of a file of %d bytes cannot have %d bytes"
              .formatted(fileBytes, encoded.length));
    }
    List<Chunk> chunks = new ArrayList<>(encoded.length / ENTRY_BYTES);
    ByteBuffer in = ByteBuffer.wrap(encoded);
    byte[] digest = new byte[Digest.BYTES];
    long offset = 0;
    while (in.hasRemaining()) {
      int length = in.getInt();
      in.get(digest);
      chunks.add(new Chunk(offset, length, Digest.of(digest)));
      offset += length;
    }
    if (offset != fileBytes) {
      throw new IllegalArgumentException(
          "its chunks have %d bytes, the file has %d".formatted(offset, fileBytes));
    }
    return new ChunkIndex(chunks);
  }

  /** The most that the index of such a file takes, since only the last chunk may be small. */
  public static int maxEncodedBytes(long fileBytes) {
    return Math.toIntExact((fileBytes / Chunker.MIN_BYTES + 1) * ENTRY_BYTES);
  }
}
