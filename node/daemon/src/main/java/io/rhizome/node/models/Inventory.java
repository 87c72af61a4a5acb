// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.Residency;
import io.rhizome.node.models.ModelException.Code;
import io.rhizome.store.Catalogue;
import io.rhizome.store.Digest;
import io.rhizome.store.FileModelStore;
import io.rhizome.store.Manifest;
import io.rhizome.store.ModelVersion;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node holds and what of it is loaded, on disk, in memory and as the mesh is told.
 * Changes on the models thread only; {@link #ready}, {@link #resident}, {@link #get} and {@link
 * #all} from any thread.
 */
final class Inventory {
  private static final Logger LOG = LoggerFactory.getLogger(Inventory.class);

  private final ModelsConfig config;
  private final FileModelStore store;
  private final Catalogue catalogue;
  private final LoadedSet wanted;
  private final Consumer<List<Residency>> advertise;
  private final SortedMap<Digest, SignedManifest> loaded = new TreeMap<>();

  private volatile ReadyIndex ready = ReadyIndex.EMPTY;
  private volatile List<Residency> resident = List.of();

  Inventory(
      ModelsConfig config,
      FileModelStore store,
      LoadedSet wanted,
      Consumer<List<Residency>> advertise) {
    this.config = config;
    this.store = store;
    this.catalogue = new Catalogue(config.maxModels());
    this.wanted = wanted;
    this.advertise = advertise;
    for (SignedManifest manifest : store.manifests()) {
      try {
        catalogue.add(manifest);
      } catch (IllegalStateException e) {
        LOG.warn("{} stays on disk unused: {}", manifest, e.getMessage());
      }
    }
  }

  Optional<Loaded> ready(String name, long version) {
    return ready.find(name, version);
  }

  List<Residency> resident() {
    return resident;
  }

  Optional<SignedManifest> get(Digest id) {
    return catalogue.get(id);
  }

  List<SignedManifest> all() {
    return catalogue.all();
  }

  /** The stored versions of a model, oldest first; counter 0 stands for any. */
  List<SignedManifest> versions(String name, long counter) {
    return catalogue.versions(name).stream()
        .filter(m -> counter == 0 || m.manifest().version() == counter)
        .toList();
  }

  NavigableSet<ModelVersion> numbers(String name, long counter) {
    NavigableSet<ModelVersion> numbers = new TreeSet<>();
    versions(name, counter).forEach(manifest -> numbers.add(manifest.version()));
    return numbers;
  }

  boolean isLoaded(SignedManifest manifest) {
    return loaded.containsKey(manifest.id());
  }

  /** What was loaded when the node last stopped. */
  List<Digest> wanted() {
    return wanted.ids();
  }

  /** {@code FULL} if this manifest is new and there is no room, or a file of it is too large. */
  void requireRoom(SignedManifest manifest) throws ModelException {
    for (Manifest.File file : manifest.manifest().files()) {
      if (file.bytes() > config.maxFileBytes()) {
        throw new ModelException(
            Code.FULL,
            "file '%s' of %s has %d bytes, this node takes at most %d"
                .formatted(file.name(), manifest, file.bytes(), config.maxFileBytes()));
      }
    }
    if (catalogue.get(manifest.id()).isEmpty() && catalogue.all().size() >= config.maxModels()) {
      throw new ModelException(
          Code.FULL,
          "this node keeps " + config.maxModels() + " versions already; remove one that is idle");
    }
  }

  /** Keeps a model whose files are all in the store. */
  void keep(SignedManifest manifest) throws IOException {
    store.put(manifest);
    catalogue.add(manifest);
    publish();
  }

  /** Deletes a model. */
  void remove(SignedManifest manifest) throws IOException {
    wanted.remove(manifest.id());
    store.remove(manifest);
    catalogue.remove(manifest.id());
    publish();
  }

  /**
   * Counts a kept model as loaded, from now on and after a restart. It is served even where writing
   * that down fails; calling this again tries that again.
   */
  void serve(SignedManifest manifest) throws IOException {
    loaded.put(manifest.id(), manifest);
    publish();
    wanted.add(manifest.id());
  }

  /** The opposite of {@link #serve}; false if it was not loaded. */
  boolean retire(SignedManifest manifest) throws IOException {
    wanted.remove(manifest.id());
    boolean was = loaded.remove(manifest.id()) != null;
    publish();
    return was;
  }

  /** Makes the current state visible and, where it changed, advertises it. */
  void publish() {
    List<Residency> now = new ArrayList<>();
    for (SignedManifest manifest : catalogue.all()) {
      Residency.State state = isLoaded(manifest) ? Residency.State.READY : Residency.State.STORED;
      Manifest about = manifest.manifest();
      now.add(new Residency(about.name(), about.version(), manifest.id().toString(), state));
    }
    ready = new ReadyIndex(loaded.values());
    if (!now.equals(resident)) {
      resident = List.copyOf(now);
      advertise.accept(resident);
    }
  }
}
