// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.policy.ResourceKey;
import io.rhizome.node.resources.ResourceDocument;
import io.rhizome.node.resources.ResourceYaml;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the documents of a file, or of every .yaml and .yml file of a directory. */
final class ResourceFiles {
  private ResourceFiles() {}

  static List<ResourceDocument> read(Path fileOrDir) throws IOException {
    List<ResourceDocument> documents = new ArrayList<>();
    SortedMap<ResourceKey, String> seen = new TreeMap<>();
    for (Path file : files(fileOrDir)) {
      for (ResourceDocument document : ResourceYaml.parse(file.toString(), text(file))) {
        String before = seen.put(document.key(), document.where());
        if (before != null) {
          throw new ConfigException(
              document.where() + document.key() + " is declared before, at " + before.strip());
        }
        documents.add(document);
      }
    }
    if (documents.isEmpty()) {
      throw new ConfigException(fileOrDir + ": no resources in it");
    }
    return documents;
  }

  private static List<Path> files(Path fileOrDir) throws IOException {
    if (!Files.isDirectory(fileOrDir)) {
      return List.of(fileOrDir);
    }
    try (Stream<Path> entries = Files.list(fileOrDir)) {
      return entries.filter(ResourceFiles::isYaml).sorted().toList();
    }
  }

  private static boolean isYaml(Path file) {
    String name = file.toString();
    return Files.isRegularFile(file) && (name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  private static String text(Path file) throws IOException {
    if (Files.exists(file) && Files.size(file) > 4L * ResourceYaml.MAX_CHARS) {
      throw new ConfigException(file + ": larger than 4 MiB; is it the right file?");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ConfigException(file + ": not UTF-8 text", e);
    }
  }
}
