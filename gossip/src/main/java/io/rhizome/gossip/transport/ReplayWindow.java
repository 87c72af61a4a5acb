// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import java.util.Arrays;

/**
 * Which counters of one sender were seen: a window below the highest, kept as a ring of words of
 * which one is spare, so that it moves on by whole words (RFC 6479).
 */
final class ReplayWindow {
  private static final int WORDS = 17;

  /** Counters so far below the highest are too old to tell. */
  static final int SIZE = (WORDS - 1) * Long.SIZE;

  private final long[] seen = new long[WORDS];
  private long highest = -1;

  /** Takes a counter of an authentic packet; false where it was seen or is too old to tell. */
  boolean accept(long counter) {
    if (counter < 0 || counter <= highest - SIZE) {
      return false;
    }
    if (counter > highest) {
      long before = highest < 0 ? -1 : highest / Long.SIZE;
      long ahead = counter / Long.SIZE - before;
      if (ahead >= WORDS) {
        Arrays.fill(seen, 0);
      } else {
        for (long word = before + 1; word <= before + ahead; word++) {
          seen[(int) (word % WORDS)] = 0;
        }
      }
      highest = counter;
    }
    int word = (int) (counter / Long.SIZE % WORDS);
    long bit = 1L << (counter % Long.SIZE);
    boolean isNew = (seen[word] & bit) == 0;
    seen[word] |= bit;
    return isNew;
  }
}
