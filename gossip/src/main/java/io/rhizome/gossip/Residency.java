// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * One model version that a node advertises. Gossip carries it; it does not know what a model is.
 *
 * @param model the model's name
 * @param version the version counter of its manifest, at least 1
 * @param manifest the manifest's SHA-256 as 64 lower-case hexadecimal characters
 * @param state how far this node is with it
 */
public record Residency(String model, long version, String manifest, State state) {
  /** What a holder can do with the version. */
  public enum State {
    /** On disk and verified: peers may fetch it, nobody may run it here. */
    STORED,
    /** Loaded and warm: requests may be sent here. */
    READY
  }
}
