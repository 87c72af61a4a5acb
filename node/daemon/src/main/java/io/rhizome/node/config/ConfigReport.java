// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a file, the environment and flags come to.
 *
 * @param read what was read; where there are problems, defaults stand in for them
 * @param values every known key, in alphabetical order
 * @param problems why this cannot be used, each with its place; none if it can
 * @param warnings what is probably a mistake, but changes nothing
 */
public record ConfigReport(
    NodeConfig read, List<Value> values, List<String> problems, List<String> warnings) {
  public ConfigReport {
    values = List.copyOf(values);
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /**
   * One key's effective value.
   *
   * @param text as it was written, paths absolute; empty if it has none
   * @param origin {@code default}, {@code file}, {@code environment} or {@code flag}
   * @param place {@code file:line}, the variable or the flag; empty for a default
   */
  public record Value(String key, String text, String origin, String place) {}

  /**
   * Reads the file, then applies the environment, then flags.
   *
   * @throws ConfigException where the file is absent or is no YAML, and nothing can be said of keys
   */
  public static ConfigReport read(
      Path file, Map<String, String> environment, SortedMap<String, String> flags)
      throws IOException {
    Path base = file.toAbsolutePath().resolveSibling("");
    Settings settings = new Settings(YamlMap.read(file).flatten(), environment, flags);
    NodeConfig config = NodeConfig.read(settings, base);
    settings.finish();
    List<Value> values =
        settings.effective().entrySet().stream()
            .map(
                entry ->
                    new Value(
                        entry.getKey(),
                        entry.getValue().text(),
                        entry.getValue().origin().toString(),
                        entry.getValue().place()))
            .toList();
    return new ConfigReport(config, values, settings.problems(), settings.warnings());
  }

  /** The configuration to run with; {@link ConfigException} with a line for each problem. */
  public NodeConfig config() {
    if (!problems.isEmpty()) {
      throw new ConfigException(String.join("\n", problems));
    }
    return read;
  }
}
