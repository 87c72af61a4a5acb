// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One host's place in the network and what is wrong with it. Plain fields: the hot path's data. */
final class SimHost {
  /** How long a NAT lets answers in after what went out (RFC 4787 asks for 120 s; many have 30). */
  static final long NAT_MAPPING_NANOS = 30_000_000_000L;

  final String name;
  final int number;

  /** Numbers of the hosts that nothing of this one reaches. */
  final BitSet cutTo = new BitSet();

  /** By number of the other host; empty but where a link was made special. */
  final SortedMap<Integer, Double> lossTo = new TreeMap<>();

  /** One way to the other host, in nanoseconds; empty but where a link was made special. */
  final SortedMap<Integer, Long> latencyTo = new TreeMap<>();

  double lossIn;
  double lossOut;
  long slowNanos;
  boolean mute;
  boolean udpBlocked;
  boolean dialOutOnly;

  /** Deaf in the first so many nanoseconds of each so many, since then; 0 for never. */
  long deafNanos;

  long deafEveryNanos = 1;
  long deafSinceNanos;

  /** Of its link, both ways; 0 for without bound. */
  long bytesPerSecond;

  long queueBytes;
  long outFreeNanos;
  long inFreeNanos;

  /** The latest life of the node that runs there. */
  @Nullable SimNode node;

  final SimClock clock = new SimClock();
  final SimDisk disk = new SimDisk();

  private long[] sentTo = new long[0];

  SimHost(String name, int number) {
    this.name = name;
    this.number = number;
  }

  boolean isDeaf(long now) {
    return deafNanos > 0 && (now - deafSinceNanos) % deafEveryNanos < deafNanos;
  }

  /** Opens the way back through its NAT. */
  void mapped(long now, SimHost other) {
    if (other.number >= sentTo.length) {
      int before = sentTo.length;
      sentTo = Arrays.copyOf(sentTo, Math.max(16, 2 * other.number + 1));
      Arrays.fill(sentTo, before, sentTo.length, Long.MIN_VALUE);
    }
    sentTo[other.number] = now;
  }

  /** Whether a datagram of another passes its NAT, if it has one. */
  boolean letsIn(long now, SimHost other) {
    return !dialOutOnly
        || (other.number < sentTo.length
            && sentTo[other.number] != Long.MIN_VALUE
            && now - sentTo[other.number] <= NAT_MAPPING_NANOS);
  }
}
