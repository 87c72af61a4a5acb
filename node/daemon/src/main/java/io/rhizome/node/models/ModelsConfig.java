// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.store.FileModelStore;
import io.rhizome.store.swarm.DownloadConfig;
import java.time.Duration;

/**
 * Bounds on a node's models.
 *
 * @param maxModels how many versions it keeps, at least 1
 * @param maxFileBytes largest file it takes in
 * @param maxQueuedOperations operations waiting for their turn; more are refused
 * @param manifestTimeout how long a peer may take to send a manifest
 * @param stallTimeout how long one chunk may take before another holder is asked
 * @param loadTimeout how long the engine may take to load, warm or unload
 * @param maxBytesPerSecond how fast files may come from peers, all together; 0 for no cap
 */
public record ModelsConfig(
    int maxModels,
    long maxFileBytes,
    int maxQueuedOperations,
    Duration manifestTimeout,
    Duration stallTimeout,
    Duration loadTimeout,
    long maxBytesPerSecond) {
  private static final int MAX_CHUNKS_PER_PEER = 8;
  private static final int MAX_CHUNKS = 16;
  private static final long REST_NANOS = 100_000_000L;
  private static final int MAX_FAILURES = 5;

  /** 256 versions, files of 16 GiB, 64 operations; 10 s, 30 s and 10 min; no cap. */
  public static final ModelsConfig DEFAULT =
      new ModelsConfig(
          256,
          FileModelStore.DEFAULT_MAX_FILE_BYTES,
          64,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          0);

  /** The same with another cap. */
  public ModelsConfig withMaxBytesPerSecond(long cap) {
    return new ModelsConfig(
        maxModels,
        maxFileBytes,
        maxQueuedOperations,
        manifestTimeout,
        stallTimeout,
        loadTimeout,
        cap);
  }

  DownloadConfig download() {
    return new DownloadConfig(
        MAX_CHUNKS_PER_PEER, MAX_CHUNKS, stallTimeout.toNanos(), REST_NANOS, MAX_FAILURES);
  }
}
