// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.NodeId;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/**
 * Gets models from peers. Nothing that comes back is trusted: the caller checks it.
 *
 * <p>Methods return at once and never throw; a stage fails with an exception whose message tells an
 * operator what happened. Cancelling a stage's future gives up. Stages may end on any thread but an
 * event loop's, so that what depends on them may block.
 */
public interface ModelSource {
  /** Asks that peer for the manifest of that id. */
  CompletionStage<SignedManifest> manifest(NodeId holder, Digest id);

  /** Asks that peer how a file is cut; fails unless the answer is an index of the file's size. */
  CompletionStage<ChunkIndex> index(NodeId holder, Manifest.File file);

  /** Asks that peer for one chunk of a file. */
  CompletionStage<Fetched> chunk(NodeId holder, Digest file, Chunk chunk);

  /**
   * What a peer sent.
   *
   * @param bytes meant to be the chunk
   * @param requestsWait whether requests wait at the peer
   */
  record Fetched(ByteBuffer bytes, boolean requestsWait) {}
}
