// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.node.models.ModelException.Code;
import io.rhizome.node.models.Verified.State;
import io.rhizome.store.DamagedFileException;
import io.rhizome.store.Digest;
import io.rhizome.store.FileModelStore;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps stored files what their digests say: reads them through, and gets from peers what is not.
 * Blocks; the models thread only.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  private final FileModelStore store;
  private final Fetch fetch;

  Upkeep(FileModelStore store, Fetch fetch) {
    this.store = store;
    this.fetch = fetch;
  }

  /** Verifies all files of these models, and repairs what it can. */
  List<Verified> verify(List<SignedManifest> models) throws ModelException, IOException {
    List<Verified> verified = new ArrayList<>();
    for (SignedManifest manifest : models) {
      for (Manifest.File file : manifest.manifest().files()) {
        verified.add(verify(manifest, file));
      }
    }
    return verified;
  }

  /** Verifies one file, whichever of these models it belongs to. */
  List<Verified> verify(List<SignedManifest> models, Digest digest)
      throws ModelException, IOException {
    for (SignedManifest manifest : models) {
      for (Manifest.File file : manifest.manifest().files()) {
        if (file.digest().equals(digest)) {
          return List.of(verify(manifest, file));
        }
      }
    }
    return List.of();
  }

  private Verified verify(SignedManifest manifest, Manifest.File file)
      throws ModelException, IOException {
    try {
      store.verify(file);
      return new Verified(manifest, file, State.SOUND, "");
    } catch (DamagedFileException | NoSuchFileException e) {
      LOG.warn("file '{}' of {} is to be repaired: {}", file.name(), manifest, e.getMessage());
    }
    try {
      fetch.file(manifest, file);
      return new Verified(manifest, file, State.REPAIRED, "");
    } catch (ModelException e) {
      if (e.code() != Code.UNAVAILABLE || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return new Verified(manifest, file, State.DAMAGED, String.valueOf(e.getMessage()));
    }
  }
}
