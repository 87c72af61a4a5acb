// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.io.IOException;
import java.util.Optional;

/** Where a follower keeps what it knows, for its next start. Blocks on disk. */
public interface ImageFile {
  /** What was saved last; empty where nothing was, or where it cannot be read. */
  Optional<byte[]> load() throws IOException;

  /** Replaces it: after a power cut the old or the new one is there, whole. */
  void save(byte[] encoded) throws IOException;
}
