// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.gossip.NodeId;
import io.rhizome.store.BlobWriter;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/**
 * Gets models from peers. Nothing that comes back is trusted: the caller checks it.
 *
 * <p>Methods return at once and never throw; a stage fails with an exception whose message tells an
 * operator what happened. Cancelling a stage's future gives up. Implementations may call back on
 * any thread, one at a time per call.
 */
public interface ModelSource {
  /** Asks that peer for the manifest of that id. */
  CompletionStage<SignedManifest> manifest(NodeId holder, Digest id);

  /**
   * Asks that peer for one file and writes its bytes, in order and from the first, to the sink. The
   * stage completes when the peer has sent all it has; whether that is the file is for the caller's
   * {@link BlobWriter#commit} or {@link BlobWriter#abort} to settle, neither of which is called
   * here. Fails when a write fails. After the stage ended nothing more is written.
   *
   * @param progress told the bytes written so far, now and then
   */
  CompletionStage<Void> file(
      NodeId holder, Manifest.File file, BlobWriter sink, LongConsumer progress);
}
