// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store.swarm;

import io.rhizome.gossip.NodeId;

/** What the driver of a {@link Download} does next. */
public sealed interface Step {
  /**
   * Ask a peer for a chunk; the answer is told with this ask.
   *
   * @param number tells asks for the same chunk apart
   * @param peer whom to ask
   * @param chunk its place in the index
   */
  record Ask(long number, NodeId peer, int chunk) implements Step {}

  /** Give up on an ask; what may still come of it is not used. */
  record Cancel(Ask ask) implements Step {}

  /** All chunks are here. */
  record Complete() implements Step {}

  /** No peer is left that may be asked. */
  record Failed(String why) implements Step {}
}
