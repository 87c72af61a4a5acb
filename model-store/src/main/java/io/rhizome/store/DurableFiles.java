// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes that a power cut leaves either whole or absent: a temporary file beside the target, forced
 * to disk, renamed atomically, and its directory forced too. Every error names the file. Blocks.
 */
public final class DurableFiles {
  private DurableFiles() {}

  /** Replaces {@code target} by these bytes. */
  public static void replace(Path target, byte[] content) throws IOException {
    Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
    try (FileChannel channel = FileChannel.open(temporary, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw cannot("write", target, e);
    }
    publish(temporary, target);
  }

  /** Gives a complete, forced file its final name. */
  static void publish(Path forced, Path target) throws IOException {
    try {
      Files.move(forced, target, StandardCopyOption.ATOMIC_MOVE);
      forceDirectory(target);
    } catch (IOException e) {
      throw cannot("rename " + forced + " to", target, e);
    }
  }

  /** Deletes a file, if it is there, for good. */
  static void delete(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      forceDirectory(file);
    }
  }

  static IOException cannot(String verb, Path file, IOException cause) {
    return new IOException("cannot " + verb + " " + file + ": " + cause.getMessage(), cause);
  }

  private static void forceDirectory(Path entry) throws IOException {
    Path directory = entry.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException("no directory holds " + entry);
    }
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }
}
