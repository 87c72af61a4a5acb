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
   * missing file counts as 0. One process at a time: the caller holds the directory's lock.
   */
  public static int next(Path file) throws IOException {
    int last = 0;
    if (Files.exists(file)) {
      String text = Files.readString(file, StandardCharsets.UTF_8).trim();
      try {
        last = Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw damaged(file, e);
      }
      if (last < 0 || last == Integer.MAX_VALUE) {
        throw damaged(file, new ArithmeticException("out of range: " + last));
      }
    }
    DurableFile.write(file, (last + 1) + "\n");
    return last + 1;
  }

  private static ConfigException damaged(Path file, Exception cause) {
    return new ConfigException(
        file + ": not a counter; write into it a number larger than it ever held", cause);
  }
}
