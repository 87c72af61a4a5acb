// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Chunk indexes on disk. They can be made again, so that one that is damaged counts as absent. */
final class IndexFiles {
  private IndexFiles() {}

  static Optional<ChunkIndex> read(Path path, long fileBytes) throws IOException {
    if (!Files.isRegularFile(path) || Files.size(path) > ChunkIndex.maxEncodedBytes(fileBytes)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ChunkIndex.parse(Files.readAllBytes(path), fileBytes));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static void write(Path path, ChunkIndex index) throws IOException {
    DurableFiles.replace(path, index.encode());
  }
}
