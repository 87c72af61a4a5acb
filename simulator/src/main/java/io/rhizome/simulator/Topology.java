// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

/**
 * How far hosts are from one another. Hosts have numbers, from 0 in the order in which the network
 * first heard of them ({@link SimNetwork#number}). Symmetric and the same whenever asked, so that
 * nothing need be kept per pair.
 */
@FunctionalInterface
public interface Topology {
  /** Latency one way in nanoseconds, before jitter. */
  long latencyNanos(int one, int other);

  /** A local network: 0.1 to 1 ms, drawn by link. */
  static Topology lan(long seed) {
    return drawn(seed, 100_000, 1_000_000);
  }

  /** Some sites and homes: 0.5 to 20 ms, drawn by link. */
  static Topology wide(long seed) {
    return drawn(seed, 500_000, 20_000_000);
  }

  /** Latencies drawn by link, uniform between two bounds in nanoseconds. */
  static Topology drawn(long seed, long minNanos, long maxNanos) {
    if (minNanos < 0 || maxNanos <= minNanos) {
      throw new IllegalArgumentException(
          "expected 0 <= minNanos < maxNanos, got %d and %d".formatted(minNanos, maxNanos));
    }
    return (one, other) ->
        minNanos
            + Math.floorMod(
                mix(seed ^ (((long) Math.min(one, other) << 32) | Math.max(one, other))),
                maxNanos - minNanos);
  }

  /**
   * Latencies as measured.
   *
   * @param nanos one row per host, one way, in nanoseconds; the upper half counts
   */
  static Topology matrix(long[][] nanos) {
    return (one, other) -> {
      if (Math.max(one, other) >= nanos.length) {
        throw new IllegalArgumentException(
            "the latency matrix has %d rows, none for host number %d"
                .formatted(nanos.length, Math.max(one, other)));
      }
      return nanos[Math.min(one, other)][Math.max(one, other)];
    };
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): any bit moves all. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
