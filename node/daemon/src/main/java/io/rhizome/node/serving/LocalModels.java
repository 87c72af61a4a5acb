// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import java.util.NavigableSet;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What this node has loaded and warm. Lock-free: it is asked on every request, from any thread. */
public interface LocalModels {
  /** That version of a model, or the newest for 0; null where it is not ready here. */
  @Nullable ReadyModel ready(String name, long version);

  /** The ready versions of every model. */
  SortedMap<String, NavigableSet<Long>> ready();

  /**
   * A model that is loaded and warm.
   *
   * @param id the manifest's digest
   * @param manifest what it declares
   */
  record ReadyModel(Digest id, Manifest manifest) {}
}
