// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import io.rhizome.gossip.NodeId;

/** What {@link Dispatch} asks its driver to do next. */
public sealed interface Step {
  /**
   * Run it on this node's executor.
   *
   * @param version the version counter to run
   * @param timeoutNanos what is left of the deadline
   */
  record RunHere(long version, long timeoutNanos) implements Step {}

  /**
   * Send it to a peer as {@link Request#forwardedBy} makes it.
   *
   * @param to the peer
   * @param version the version that this node believes it holds
   * @param timeoutNanos how long the attempt may take
   */
  record Forward(NodeId to, long version, long timeoutNanos) implements Step {}

  /** Give up and tell the caller. */
  record Fail(DispatchError error) implements Step {}
}
