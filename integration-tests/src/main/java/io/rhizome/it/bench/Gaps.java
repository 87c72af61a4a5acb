// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

/** Times without an event. */
public final class Gaps {
  private Gaps() {}

  /**
   * The longest time between two events that follow each other, where any of it lies within a span:
   * it may begin before the span and end after it. Where nothing happens before, or after, the
   * span's own end counts.
   *
   * @param events when they happened, ascending
   */
  public static long longest(long[] events, long from, long to) {
    long before = from;
    long longest = 0;
    for (long event : events) {
      if (event - from <= 0) {
        before = event;
        continue;
      }
      longest = Math.max(longest, event - before);
      before = event;
      if (event - to >= 0) {
        return longest;
      }
    }
    return Math.max(longest, to - before);
  }
}
