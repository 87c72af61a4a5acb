// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What figures were measured on.
 *
 * @param cpu the processor's model
 * @param cores that this JVM may use
 * @param memoryMb of the machine, in 2^20 bytes
 * @param java version and vendor of the JVM
 * @param os its name, version and architecture
 */
record Machine(String cpu, int cores, long memoryMb, String java, String os) {
  /** This machine. */
  static Machine read() throws IOException {
    return new Machine(
        field(Path.of("/proc/cpuinfo"), "model name", "unknown"),
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal", "0").replaceAll("[^0-9]", ""))
            / 1024,
        property("java.version") + " " + property("java.vendor"),
        property("os.name") + " " + property("os.version") + " " + property("os.arch"));
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static String field(Path file, String name, String absent) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return absent;
  }
}
