// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes bad packets of good ones, and some of nothing. */
final class PacketMutator {
  private static final int MOST_BYTES = 1_300;
  private static final int[] EXTREMES = {0x00, 0x01, 0x7f, 0x80, 0xff};

  private final Random random;
  private final List<byte[]> originals;

  PacketMutator(Random random, List<byte[]> originals) {
    this.random = random;
    this.originals = originals;
  }

  /** A good packet. */
  byte[] original() {
    return originals.get(random.nextInt(originals.size()));
  }

  /** A packet that is bad, or at times as good as it was. */
  byte[] next() {
    if (random.nextInt(8) == 0) {
      byte[] junk = new byte[random.nextInt(MOST_BYTES)];
      random.nextBytes(junk);
      return junk;
    }
    return mutated(original());
  }

  /** That packet with one to three changes; the packet itself stays as it is. */
  byte[] mutated(byte[] packet) {
    byte[] changed = packet.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes && changed.length > 0; i++) {
      changed = changedOnce(changed);
    }
    return changed;
  }

  private byte[] changedOnce(byte[] packet) {
    int at = random.nextInt(packet.length);
    return switch (random.nextInt(5)) {
      case 0 -> {
        packet[at] ^= (byte) (1 << random.nextInt(8));
        yield packet;
      }
      case 1 -> {
        packet[at] = (byte) EXTREMES[random.nextInt(EXTREMES.length)];
        yield packet;
      }
      case 2 -> Arrays.copyOf(packet, at);
      case 3 -> spliced(packet, at, original());
      default -> spliced(packet, at, packet);
    };
  }

  /** The head of one packet and the tail of another, or of itself: then some of it is repeated. */
  private byte[] spliced(byte[] head, int at, byte[] tail) {
    if (tail.length == 0) {
      return head;
    }
    int from = random.nextInt(tail.length);
    int length = Math.min(MOST_BYTES, at + tail.length - from);
    byte[] spliced = Arrays.copyOf(head, length);
    System.arraycopy(tail, from, spliced, at, length - at);
    return spliced;
  }
}
