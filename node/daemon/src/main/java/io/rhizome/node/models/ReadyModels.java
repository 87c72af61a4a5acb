// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.Residency;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the request path may ask of this node's models: no waiting, any thread. */
public interface ReadyModels {
  /**
   * The loaded version that serves a request.
   *
   * @param version its counter, 0 for the newest that is loaded
   */
  Optional<Loaded> ready(String name, long version);

  /**
   * Loads a version that this node has on disk, unless it is loaded; only what turns out damaged is
   * fetched. Fails with a {@link ModelException}. Does not block.
   *
   * @param version its counter
   */
  CompletableFuture<Loaded> loadStored(String name, long version);

  /** What this node holds, by name, oldest version first. */
  List<Residency> resident();
}
