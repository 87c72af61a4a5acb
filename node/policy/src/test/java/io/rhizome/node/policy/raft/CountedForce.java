// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.io.IOException;
import java.nio.file.Path;

/** Counts how often the log was forced, or refuses to. */
final class CountedForce extends LogForce {
  int forced;
  boolean broken;

  CountedForce() {
    this(new VoterFailure());
  }

  CountedForce(VoterFailure failure) {
    super(Path.of(System.getProperty("java.io.tmpdir")), failure);
  }

  @Override
  void force() throws IOException {
    if (broken) {
      throw new IOException("read-only file system");
    }
    forced++;
  }
}
