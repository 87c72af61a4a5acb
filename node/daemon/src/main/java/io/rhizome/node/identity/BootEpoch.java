// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import io.rhizome.node.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts this node's starts, so that what it says of itself now outranks what it said before. */
public final class BootEpoch {
  private BootEpoch() {}

  /**
   * Increments the counter in this file and returns it, at least 1, when it is forced to disk. A
   * missing file counts as 0. One process at a time: the caller holds the directory's lock. Any
   * thread.
   */
  public static synchronized int next(Path file) throws IOException {
    int last = read(file);
    if (last == Integer.MAX_VALUE) {
      throw damaged(file, new ArithmeticException("out of range: " + last));
    }
    DurableFile.write(file, (last + 1) + "\n");
    return last + 1;
  }

  /**
   * Raises the counter in this file to that, unless it is there already: the mesh has seen a life
   * of this node that its disk knows nothing of. Returns when it is forced to disk.
   */
  public static synchronized void raise(Path file, int epoch) throws IOException {
    if (read(file) < epoch) {
      DurableFile.write(file, epoch + "\n");
    }
  }

  private static int read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    String text = Files.readString(file, StandardCharsets.UTF_8).trim();
    int last;
    try {
      last = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw damaged(file, e);
    }
    if (last < 0) {
      throw damaged(file, new ArithmeticException("out of range: " + last));
    }
    return last;
  }

  private static ConfigException damaged(Path file, Exception cause) {
    return new ConfigException(
        file + ": not a counter; write into it a number larger than it ever held", cause);
  }
}
