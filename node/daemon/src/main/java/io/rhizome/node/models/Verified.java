// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;

/**
 * What became of one file that was read through.
 *
 * @param manifest the model it belongs to
 * @param file the file
 * @param state how it is now
 * @param reason why it is still damaged; empty otherwise
 */
public record Verified(SignedManifest manifest, Manifest.File file, State state, String reason) {
  /** How a file is after it was read through. */
  public enum State {
    /** Its digest is right. */
    SOUND,
    /** It was damaged, and was fetched anew from peers. */
    REPAIRED,
    /** It is damaged, and no peer gave it. */
    DAMAGED
  }
}
