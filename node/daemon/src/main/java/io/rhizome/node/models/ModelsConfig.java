// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.store.FileModelStore;
import java.time.Duration;

/**
 * Bounds on a node's models.
 *
 * @param maxModels how many versions it keeps, at least 1
 * @param maxFileBytes largest file it takes in
 * @param maxQueuedOperations operations waiting for their turn; more are refused
 * @param manifestTimeout how long a peer may take to send a manifest
 * @param stallTimeout how long a file may make no progress before the next holder is asked
 * @param loadTimeout how long the engine may take to load, warm or unload
 */
public record ModelsConfig(
    int maxModels,
    long maxFileBytes,
    int maxQueuedOperations,
    Duration manifestTimeout,
    Duration stallTimeout,
    Duration loadTimeout) {
  /** 256 versions, files of 16 GiB, 64 operations; 10 s, 15 s and 10 min. */
  public static final ModelsConfig DEFAULT =
      new ModelsConfig(
          256,
          FileModelStore.DEFAULT_MAX_FILE_BYTES,
          64,
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofMinutes(10));
}
