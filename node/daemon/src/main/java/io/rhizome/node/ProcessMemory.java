// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process as the operating system sees it. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RSS = "VmRSS:";
  private static final long KIB = 1_024;

  private ProcessMemory() {}

  /** Resident set size in bytes; 0 where the system does not tell. */
  static long rssBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(RSS)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
        }
      }
    } catch (IOException e) {
      // Not Linux: nothing else depends on this figure.
      return 0;
    }
    return 0;
  }
}
