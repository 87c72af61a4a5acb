// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;

/** What the state machine asks of its driver during a call. None of it may block. */
public interface Out {
  /**
   * Sends one datagram: may lose, delay, reorder or duplicate it.
   *
   * @param to a name or address, unresolved
   * @param packet messages of at most {@link Message#PACKET_BYTES} together
   */
  void send(Endpoint to, List<Message> packet);

  /**
   * Sends one packet over the stream that is open with that member, whichever of the two opened it,
   * else over one that is now dialled. In order; lost, without a word, where the stream cannot be
   * opened, breaks, or holds too much unsent.
   *
   * @param to whom
   * @param at where it is dialled, if need be
   * @param packet messages of at most {@link Message#PACKET_BYTES} together
   */
  void stream(NodeId to, Endpoint at, List<Message> packet);

  /** As {@link #stream}, to a seed of which only the address is known: always dialled. */
  void streamToSeed(Endpoint at, List<Message> packet);

  /** Tells what just happened, for logs and traces. */
  void happened(SwimEvent event);
}
