// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.ImageFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Epochs of the mesh "mesh", whose only operator's signature is one byte. */
final class SignedEpochs {
  private static final Bytes SIGNATURE = Bytes.of(new byte[] {7});

  private SignedEpochs() {}

  /** A node that knows of none, and keeps what it learns in memory. */
  static Epochs none() {
    try {
      return new Epochs("mesh", epoch -> epoch.signature().equals(SIGNATURE), new InMemory());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static EpochStatement signed(long number, NodeId node) {
    return new EpochStatement("mesh", number, node, node, SIGNATURE);
  }

  static EpochStatement forged(long number, NodeId node) {
    return new EpochStatement("mesh", number, node, node, Bytes.EMPTY);
  }

  private static final class InMemory implements ImageFile {
    private Optional<byte[]> saved = Optional.empty();

    @Override
    public Optional<byte[]> load() {
      return saved;
    }

    @Override
    public void save(byte[] encoded) {
      saved = Optional.of(encoded);
    }
  }
}
