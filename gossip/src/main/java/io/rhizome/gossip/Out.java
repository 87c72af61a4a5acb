// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;

/** What the state machine asks of its driver during a call. */
public interface Out {
  /**
   * Sends one packet: must not block, may lose, delay, reorder or duplicate it.
   *
   * @param to a name or address, unresolved
   * @param packet messages of at most {@link Message#PACKET_BYTES} together
   */
  void send(Endpoint to, List<Message> packet);

  /** Tells what just happened, for logs and traces. */
  void happened(SwimEvent event);
}
