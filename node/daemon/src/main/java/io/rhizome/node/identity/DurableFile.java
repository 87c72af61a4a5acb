// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.node.config.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Small files of which the old or the new content survives any crash, never half of one. */
final class DurableFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final long MAX_SECRET_BYTES = 64 << 10;

  private DurableFile() {}

  /** Replaces the file's content; returns when it is forced to disk. Mode 0600 from the start. */
  static void write(Path file, String text) throws IOException {
    Path target = file.toAbsolutePath();
    Path directory = directoryOf(target);
    Files.createDirectories(directory);
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    // The rename itself is durable only once the directory is.
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Reads a secret; {@link ConfigException} if others can read it too, or it is absent. */
  static String readSecret(Path file) throws IOException {
    try {
      for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
        if (!OWNER_ONLY.contains(permission) && permission != PosixFilePermission.OWNER_EXECUTE) {
          throw new ConfigException(
              file + ": others than its owner may use this secret file; run: chmod 600 " + file);
        }
      }
      if (Files.size(file) > MAX_SECRET_BYTES) {
        throw new ConfigException(file + ": too large for a key file");
      }
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + ": no such file; `rhizome init` writes one", e);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new ConfigException(file + ": not a text file", e);
    }
  }

  private static Path directoryOf(Path absolute) {
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new ConfigException(absolute + ": not a file");
    }
    return parent;
  }
}
