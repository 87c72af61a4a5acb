// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.bench.Gaps;
import java.util.ArrayList;
import java.util.List;

/**
 * When a number of things done was seen to have grown, and to how many. Times are on the {@link
 * System#nanoTime()} scale. Any thread.
 */
final class Growths {
  private final List<Growth> all = new ArrayList<>();

  private record Growth(long nanos, long done) {}

  /** So many were done at that time, which is no earlier than any before. */
  synchronized void saw(long nanos, long done) {
    if (done > last()) {
      all.add(new Growth(nanos, done));
    }
  }

  /** The most that was seen. */
  synchronized long last() {
    return all.isEmpty() ? 0 : all.get(all.size() - 1).done;
  }

  /** By how much it grew after the one time and not after the other. */
  synchronized int between(long from, long to) {
    return Math.toIntExact(doneBy(to) - doneBy(from));
  }

  private long doneBy(long nanos) {
    long done = 0;
    for (Growth growth : all) {
      if (growth.nanos - nanos <= 0) {
        done = growth.done;
      }
    }
    return done;
  }

  /** The longest time without growth that touches a span, in seconds: {@link Gaps#longest}. */
  synchronized double longestGapSeconds(long from, long to) {
    return Gaps.longest(all.stream().mapToLong(Growth::nanos).toArray(), from, to) / 1e9;
  }
}
