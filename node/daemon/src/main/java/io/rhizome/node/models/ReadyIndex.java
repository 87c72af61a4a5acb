// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.store.SignedManifest;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is loaded, by name and version; immutable, so that requests read it without a lock. */
final class ReadyIndex {
  static final ReadyIndex EMPTY = new ReadyIndex(List.of());

  private final SortedMap<String, NavigableMap<Long, Loaded>> models = new TreeMap<>();

  ReadyIndex(Collection<SignedManifest> loaded) {
    // Oldest first: of two manifests with one counter, the newer overwrites the older.
    loaded.stream()
        .sorted(Comparator.comparing(SignedManifest::version))
        .forEach(
            m ->
                models
                    .computeIfAbsent(m.manifest().name(), name -> new TreeMap<>())
                    .put(m.manifest().version(), new Loaded(m.id(), m.manifest())));
  }

  Optional<Loaded> find(String name, long version) {
    NavigableMap<Long, Loaded> versions = models.get(name);
    if (versions == null) {
      return Optional.empty();
    }
    return version == 0
        ? Optional.of(versions.lastEntry().getValue())
        : Optional.ofNullable(versions.get(version));
  }
}
