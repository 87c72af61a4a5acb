// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.store.Digest;

/**
 * How far the loading of a model is.
 *
 * @param stage what is being done
 * @param bytesDone bytes of its files that are here
 * @param bytesTotal bytes of all its files
 * @param bytesFetched while fetching, bytes of them that came from peers since this load began
 * @param peers how many peers are sending
 * @param manifest the manifest's digest
 * @param version its version counter
 */
public record LoadProgress(
    Stage stage,
    long bytesDone,
    long bytesTotal,
    long bytesFetched,
    int peers,
    Digest manifest,
    long version) {
  /** The stages, in their order; a model that is here already skips the first. */
  public enum Stage {
    /** Its files are coming from peers. */
    FETCHING,
    /** Its files are read from end to end and their digests compared. */
    VERIFYING,
    /** The engine loads and warms it. */
    LOADING,
    /** Requests are served. */
    READY
  }
}
