// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

/**
 * A piece of a file.
 *
 * @param offset where it starts, in bytes
 * @param length its size in bytes, 1 to {@link Chunker#MAX_BYTES}
 * @param digest the SHA-256 of its content
 */
public record Chunk(long offset, int length, Digest digest) {
  public Chunk {
    if (offset < 0) {
      throw new IllegalArgumentException("chunk offset is negative: " + offset);
    }
    if (length < 1 || length > Chunker.MAX_BYTES) {
      throw new IllegalArgumentException(
          "chunk length must be 1 to %d bytes, not %d".formatted(Chunker.MAX_BYTES, length));
    }
  }
}
