// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.node.models.LoadProgress.Stage;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import java.util.function.Consumer;

/** Counts one model's bytes as they come, and tells whoever asked for it. One thread. */
final class FetchProgress {
  private final SignedManifest manifest;
  private final long total;
  private final Consumer<LoadProgress> listener;
  private final Transfers transfers;
  private long files;
  private long file;
  private long fetched;

  FetchProgress(SignedManifest manifest, Consumer<LoadProgress> listener, Transfers transfers) {
    this.manifest = manifest;
    this.total = manifest.manifest().files().stream().mapToLong(Manifest.File::bytes).sum();
    this.listener = listener;
    this.transfers = transfers;
  }

  /** Of the next file, that much is here already. */
  void begin(long bytesHere) {
    file = bytesHere;
    tell(0);
  }

  /** A chunk of it came; so many peers are sending still. */
  void arrived(int bytes, int peers) {
    file += bytes;
    fetched += bytes;
    transfers.addFetched(bytes);
    tell(peers);
  }

  /** It is whole. */
  void end(Manifest.File whole) {
    files += whole.bytes();
    file = 0;
  }

  /** What came from peers, of all files. */
  long fetched() {
    return fetched;
  }

  private void tell(int peers) {
    listener.accept(
        new LoadProgress(
            Stage.FETCHING,
            files + file,
            total,
            fetched,
            peers,
            manifest.id(),
            manifest.manifest().version()));
  }
}
