// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.List;

/** The way to one member, or back to whom a packet came from. */
@FunctionalInterface
interface Line {
  /** Sends one packet of at most {@link Message#PACKET_BYTES}; it may be lost. */
  void send(List<Message> packet);
}
