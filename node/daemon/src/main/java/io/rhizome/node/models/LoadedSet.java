// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rhizome.store.Digest;
import io.rhizome.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which models this node is to have loaded, kept in a file so that a restarted node serves again by
 * itself. One thread.
 */
final class LoadedSet {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedSet.class);
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private SortedSet<Digest> ids;

  /** Reads the file; one that cannot be understood is reported and counts as empty. */
  LoadedSet(Path file) throws IOException {
    this.file = file;
    this.ids = read(file);
  }

  List<Digest> ids() {
    return List.copyOf(ids);
  }

  void add(Digest id) throws IOException {
    if (!ids.contains(id)) {
      SortedSet<Digest> next = new TreeSet<>(ids);
      next.add(id);
      replace(next);
    }
  }

  void remove(Digest id) throws IOException {
    if (ids.contains(id)) {
      SortedSet<Digest> next = new TreeSet<>(ids);
      next.remove(id);
      replace(next);
    }
  }

  private void replace(SortedSet<Digest> next) throws IOException {
    DurableFiles.replace(
        file, JSON.writeValueAsBytes(next.stream().map(Digest::toString).toList()));
    ids = next;
  }

  private static SortedSet<Digest> read(Path file) throws IOException {
    SortedSet<Digest> ids = new TreeSet<>();
    if (!Files.exists(file)) {
      return ids;
    }
    try {
      List<String> texts = JSON.readValue(file.toFile(), new TypeReference<List<String>>() {});
      texts.forEach(text -> ids.add(Digest.parse(text)));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      LOG.warn(
          "{} should be a list of manifest ids: {}. Nothing is loaded; load models again by hand",
          file,
          e.getMessage());
      ids.clear();
    }
    return ids;
  }
}
