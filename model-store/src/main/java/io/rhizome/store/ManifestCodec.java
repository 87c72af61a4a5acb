// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

/** Reads manifests; JSON is the node's work. Any thread; pure. */
@FunctionalInterface
public interface ManifestCodec {
  /**
   * Reads canonical JSON; {@link IllegalArgumentException} says what is wrong, naming the field.
   */
  Manifest parse(byte[] canonicalJson);
}
