// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

/**
 * Sums over the members in use of a hash of what each said last, one for each 256th of their
 * prefixes, kept up with every change: what two members compare before they compare more. Of what
 * both sides hold alike where all is well: not of who suspects whom.
 */
final class RangeSums {
  private final int[] sums = new int[Message.Summary.MAX_RANGES];

  /** What is known of that member may have changed. */
  void update(Peer peer) {
    int now = peer.place < 0 ? 0 : hash(peer.prefix, peer.incarnation(), peer.records);
    sums[rangeOf(peer.prefix, sums.length)] += now - peer.summed;
    peer.summed = now;
  }

  /** The sums of 2^k ranges, 256 at most; the caller's own to change. */
  int[] of(int ranges) {
    int[] wider = new int[ranges];
    int each = sums.length / ranges;
    for (int i = 0; i < sums.length; i++) {
      wider[i / each] += sums[i];
    }
    return wider;
  }

  /** The range of 2^k into which a prefix falls. */
  static int rangeOf(long prefix, int ranges) {
    int bits = Integer.numberOfTrailingZeros(ranges);
    return bits == 0 ? 0 : (int) (prefix >>> (Long.SIZE - bits));
  }

  /** What one member adds to its range. */
  static int hash(long prefix, long incarnation, OwnerRecords records) {
    long mixed = prefix * 31 + incarnation;
    mixed = (mixed * 31 + records.hash()) * 0x9E3779B97F4A7C15L;
    return (int) (mixed ^ mixed >>> 32);
  }
}
