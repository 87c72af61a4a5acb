// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.List;

/** Packs messages to one address into as few packets as their order allows. */
final class PacketPacker {
  private final Endpoint to;
  private final Out out;
  private final List<Message> packet = new ArrayList<>();
  private int bytes;

  PacketPacker(Endpoint to, Out out) {
    this.to = to;
    this.out = out;
  }

  void add(Message message) {
    if (bytes + message.bytes() > Message.PACKET_BYTES) {
      flush();
    }
    packet.add(message);
    bytes += message.bytes();
  }

  /** Sends what is left. */
  void flush() {
    if (!packet.isEmpty()) {
      out.send(to, List.copyOf(packet));
      packet.clear();
      bytes = 0;
    }
  }
}
