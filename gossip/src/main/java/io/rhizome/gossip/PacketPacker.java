// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import java.util.ArrayList;
import java.util.List;

/** Packs messages to one receiver into as few packets as their order allows. */
final class PacketPacker {
  private final Line line;
  private final List<Message> packet = new ArrayList<>();
  private int bytes;

  PacketPacker(Line line) {
    this.line = line;
  }

  void add(Message message) {
    int more = message.bytes();
    if (bytes + more > Message.PACKET_BYTES) {
      flush();
    }
    packet.add(message);
    bytes += more;
  }

  boolean isEmpty() {
    return packet.isEmpty();
  }

  /** Bytes left in the packet that is sent next. */
  int room() {
    return Message.PACKET_BYTES - bytes;
  }

  /** Sends what is left. */
  void flush() {
    if (!packet.isEmpty()) {
      line.send(List.copyOf(packet));
      packet.clear();
      bytes = 0;
    }
  }
}
