// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** Makes a file's chunk index as its bytes pass. One thread at a time. */
final class Indexer {
  private final Chunker chunker = new Chunker();
  private final MessageDigest sha256 = Digest.newSha256();
  private final List<Chunk> chunks = new ArrayList<>();
  private long offset;
  private int length;

  /** The next bytes: what remains in the buffer, whose position stays. */
  void take(ByteBuffer bytes) {
    ByteBuffer rest = bytes.duplicate();
    while (rest.hasRemaining()) {
      ByteBuffer piece = rest.duplicate();
      boolean ends = chunker.take(rest);
      piece.limit(rest.position());
      length += piece.remaining();
      sha256.update(piece);
      if (ends) {
        endChunk();
      }
    }
  }

  /** The index, once all bytes have been taken. */
  ChunkIndex end() {
    if (length > 0) {
      endChunk();
    }
    return new ChunkIndex(chunks);
  }

  private void endChunk() {
    chunks.add(new Chunk(offset, length, Digest.of(sha256.digest())));
    offset += length;
    length = 0;
  }
}
