// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import java.util.Random;

/** {@code new Random()}, in the virtual world. */
public final class VirtualRandom extends Random {
  private static final long serialVersionUID = 1;

  /** Of the world's seed. */
  public VirtualRandom() {
    super(VirtualWorld.current().random().nextLong());
  }

  /** As {@link Random#Random(long)}. */
  public VirtualRandom(long seed) {
    super(seed);
  }
}
