// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.config.ConfigReport;
import io.rhizome.node.config.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which configuration a command is about: a file, this process's environment, and flags. */
final class ConfigFile {
  @Parameters(
      arity = "0..1",
      paramLabel = "DIR|FILE",
      description = "A directory with rhizome.yaml in it, or such a file (default: here).")
  @Nullable Path path;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override any key of the file, as in --set mesh.port=7710.")
  Map<String, String> set = new TreeMap<>();

  ConfigReport read() throws IOException {
    Path given = path == null ? Path.of("") : path;
    Path file = path == null || Files.isDirectory(given) ? given.resolve(NodeConfig.FILE) : given;
    return ConfigReport.read(existing(file), System.getenv(), new TreeMap<>(set));
  }

  /** The file, which must be there. */
  static Path existing(Path file) {
    if (!Files.exists(file)) {
      throw new ConfigException(
          file + ": no such file; `rhizome init --nodes 1 DIR` writes one to start from");
    }
    return file;
  }
}
