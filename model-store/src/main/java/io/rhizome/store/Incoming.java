// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code incoming/} directory of a store: of each file that is not whole yet the bytes that
 * arrived, and the index that says which. Few are kept: the oldest makes room for a new one.
 */
final class Incoming {
  private static final int MAX_FILES = 16;
  private static final String INDEX = ".index";
  private static final String TEMPORARY = ".tmp";

  private final Path directory;

  Incoming(Path directory) {
    this.directory = directory;
  }

  void open() throws IOException {
    Files.createDirectories(directory);
    for (Path child : FileModelStore.children(directory)) {
      if (String.valueOf(child.getFileName()).endsWith(TEMPORARY)) {
        Files.delete(child);
      }
    }
  }

  /** All that lies there, ordered by name. */
  List<Path> files() throws IOException {
    return FileModelStore.children(directory);
  }

  PartialFile resume(Manifest.File file, BlobPaths target) throws IOException {
    Path data = directory.resolve(file.digest().toString());
    if (!Files.exists(data)) {
      makeRoom();
    }
    return new PartialFile(file, data, index(data), target);
  }

  private void makeRoom() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path child : files()) {
      if (!String.valueOf(child.getFileName()).endsWith(INDEX)) {
        files.add(child);
      }
    }
    while (files.size() >= MAX_FILES) {
      Path oldest = files.get(0);
      FileTime time = Files.getLastModifiedTime(oldest);
      for (Path file : files) {
        FileTime other = Files.getLastModifiedTime(file);
        if (other.compareTo(time) < 0) {
          oldest = file;
          time = other;
        }
      }
      Files.deleteIfExists(index(oldest));
      Files.delete(oldest);
      files.remove(oldest);
    }
  }

  private static Path index(Path data) {
    return data.resolveSibling(data.getFileName() + INDEX);
  }
}
