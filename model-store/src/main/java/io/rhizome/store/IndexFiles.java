// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Chunk indexes on disk. They can be made again: so they are not forced to disk, and one that a
 * power cut left unreadable counts as absent.
 */
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
    Path temporary = path.resolveSibling("." + path.getFileName() + ".tmp");
    try {
      Files.write(temporary, index.encode());
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw DurableFiles.cannot("write", path, e);
    }
  }
}
