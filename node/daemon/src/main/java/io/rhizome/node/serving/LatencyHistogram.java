// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Counts durations by fixed buckets, half a millisecond to 30 s. Any thread; allocates nothing. */
public final class LatencyHistogram {
  private static final long[] UPPER_MICROS = {
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000
  };

  private final LongAdder[] counts = new LongAdder[UPPER_MICROS.length + 1];
  private final LongAdder sumNanos = new LongAdder();

  LatencyHistogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void add(long nanos) {
    int bucket = 0;
    while (bucket < UPPER_MICROS.length
        && nanos > TimeUnit.MICROSECONDS.toNanos(UPPER_MICROS[bucket])) {
      bucket++;
    }
    counts[bucket].increment();
    sumNanos.add(nanos);
  }

  /** How many buckets there are; the last has no upper bound. */
  public int buckets() {
    return counts.length;
  }

  /** The largest duration that a bucket counts, in seconds; infinite for the last. */
  public double upperSeconds(int bucket) {
    return bucket < UPPER_MICROS.length ? UPPER_MICROS[bucket] / 1e6 : Double.POSITIVE_INFINITY;
  }

  /** How many durations fell into that bucket alone. */
  public long count(int bucket) {
    return counts[bucket].sum();
  }

  /** All durations together, in nanoseconds. */
  public long sumNanos() {
    return sumNanos.sum();
  }
}
