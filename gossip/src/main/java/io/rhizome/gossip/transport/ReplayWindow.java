// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import java.util.BitSet;

/** Which counters of one sender were seen: a window below the highest (RFC 4303, 3.4.3). */
final class ReplayWindow {
  private static final int SIZE = 1_024;

  private final BitSet seen = new BitSet(SIZE);
  private long highest = -1;

  /** Takes a counter of an authentic packet; false where it was seen or is too old to tell. */
  boolean accept(long counter) {
    if (counter < 0 || counter <= highest - SIZE) {
      return false;
    }
    if (counter > highest) {
      long clear = Math.min(SIZE, counter - highest);
      for (long i = 1; i <= clear; i++) {
        seen.clear(slot(counter - clear + i));
      }
      highest = counter;
    } else if (seen.get(slot(counter))) {
      return false;
    }
    seen.set(slot(counter));
    return true;
  }

  private static int slot(long counter) {
    return (int) (counter % SIZE);
  }
}
