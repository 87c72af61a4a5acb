// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The manifests that this node knows, by model name and version. Bounded. Any thread: every method
 * holds this object's lock for the length of one look-up, and lists are copies.
 */
public final class Catalogue {
  private final int maxManifests;
  private final SortedMap<String, NavigableMap<ModelVersion, SignedManifest>> models =
      new TreeMap<>();
  private final SortedMap<Digest, SignedManifest> byId = new TreeMap<>();

  /** An empty catalogue that takes that many manifests, at least 1. */
  public Catalogue(int maxManifests) {
    if (maxManifests < 1) {
      throw new IllegalArgumentException("maxManifests must be at least 1: " + maxManifests);
    }
    this.maxManifests = maxManifests;
  }

  /** Adds it; adding what is known does nothing. {@link IllegalStateException} when full. */
  public synchronized void add(SignedManifest manifest) {
    if (byId.containsKey(manifest.id())) {
      return;
    }
    if (byId.size() >= maxManifests) {
      throw new IllegalStateException(
          "the catalogue is full at " + maxManifests + " manifests; remove models not needed");
    }
    byId.put(manifest.id(), manifest);
    models
        .computeIfAbsent(manifest.manifest().name(), name -> new TreeMap<>())
        .put(manifest.version(), manifest);
  }

  /** Forgets it; forgetting what is not known does nothing. */
  public synchronized void remove(Digest id) {
    SignedManifest removed = byId.remove(id);
    if (removed == null) {
      return;
    }
    String name = removed.manifest().name();
    NavigableMap<ModelVersion, SignedManifest> versions = models.get(name);
    if (versions != null) {
      versions.remove(removed.version());
      if (versions.isEmpty()) {
        models.remove(name);
      }
    }
  }

  /** The manifest of that id. */
  public synchronized Optional<SignedManifest> get(Digest id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The newest version of a model. */
  public synchronized Optional<SignedManifest> newest(String name) {
    NavigableMap<ModelVersion, SignedManifest> versions = models.get(name);
    return versions == null ? Optional.empty() : Optional.of(versions.lastEntry().getValue());
  }

  /**
   * The version of that counter; of several with the same counter the one that {@link ModelVersion}
   * calls the newest. Counter 0 asks for the newest of all.
   */
  public synchronized Optional<SignedManifest> find(String name, long counter) {
    return counter == 0
        ? newest(name)
        : versions(name).stream()
            .filter(manifest -> manifest.manifest().version() == counter)
            .reduce((older, newer) -> newer);
  }

  /** All versions of a model, oldest first. */
  public synchronized List<SignedManifest> versions(String name) {
    NavigableMap<ModelVersion, SignedManifest> versions = models.get(name);
    return versions == null ? List.of() : List.copyOf(versions.values());
  }

  /** All manifests, by name, oldest version first. */
  public synchronized List<SignedManifest> all() {
    List<SignedManifest> all = new ArrayList<>(byId.size());
    models.values().forEach(versions -> all.addAll(versions.values()));
    return List.copyOf(all);
  }
}
