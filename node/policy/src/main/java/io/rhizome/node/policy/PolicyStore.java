// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import java.util.concurrent.CompletionStage;

/**
 * The mesh's policy as one node has it. Whatever a caller is told here, a majority of the voters,
 * the leader included, has forced to disk: it will not be taken back. Any thread; nothing blocks
 * but {@link #close}.
 */
public interface PolicyStore extends AutoCloseable {
  /**
   * Writes. May be repeated with the same proposal, here or at another node: it commits once.
   *
   * @return the policy version that it made; or a {@link PolicyException}
   */
  CompletionStage<Long> propose(Proposal proposal);

  /** The newest version that this node has, and the records that led to it. */
  PolicyImage image();

  /** The newest version that this node has. */
  default PolicySnapshot snapshot() {
    return image().snapshot();
  }

  /**
   * Tells the watcher every version after {@code after}, each once and in order, beginning before
   * this returns; or one snapshot and then every version after that.
   *
   * @return stops it
   */
  Runnable watch(long after, PolicyWatcher watcher);

  /** How this node stands. */
  PolicyStatus status();

  @Override
  void close();
}
