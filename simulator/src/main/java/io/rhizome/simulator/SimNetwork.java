// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/**
 * Decides the fate of each packet: its delay, or its loss. Hosts are names. Latency of a link is
 * fixed by its two ends, unless it is set; jitter, loss and cuts are the same in no two runs of
 * different seeds and in all runs of one.
 */
public final class SimNetwork {
  private static final long MIN_LATENCY_NANOS = 500_000;
  private static final long MAX_LATENCY_NANOS = 20_000_000;
  private static final double JITTER = 0.2;

  private final Random random;
  private final Map<Link, Long> latencies = new LinkedHashMap<>();
  private final Map<String, Long> slowness = new LinkedHashMap<>();
  private final Set<Link> cuts = new LinkedHashSet<>();
  private double loss;

  private record Link(String from, String to) {}

  SimNetwork(Random random) {
    this.random = random;
  }

  /** Latency one way between two hosts, in nanoseconds, both ways. */
  public void latency(String one, String other, long nanos) {
    latencies.put(new Link(one, other), nanos);
    latencies.put(new Link(other, one), nanos);
  }

  /** The share of packets lost everywhere, 0 to 1. */
  public void loss(double share) {
    loss = share;
  }

  /** Delays all that a host sends and receives by that much, as a host that is paused often. */
  public void slow(String host, long nanos) {
    slowness.put(host, nanos);
  }

  /** Nothing passes from one host to the other until {@link #heal}. */
  public void cutOneWay(String from, String to) {
    cuts.add(new Link(from, to));
  }

  /** Nothing passes between the two sides until {@link #heal}. */
  public void partition(Collection<String> side, Collection<String> other) {
    for (String one : side) {
      for (String two : other) {
        cutOneWay(one, two);
        cutOneWay(two, one);
      }
    }
  }

  /** Mends all cuts. */
  public void heal() {
    cuts.clear();
  }

  /** The delay of the next packet of that link in nanoseconds; empty where it is lost. */
  OptionalLong delayNanos(String from, String to) {
    if (cuts.contains(new Link(from, to)) || random.nextDouble() < loss) {
      return OptionalLong.empty();
    }
    long base =
        latencies.computeIfAbsent(
            new Link(from, to),
            link -> {
              Long back = latencies.get(new Link(to, from));
              return back != null ? back : random.nextLong(MIN_LATENCY_NANOS, MAX_LATENCY_NANOS);
            });
    long spread = (long) (base * JITTER * random.nextDouble());
    return OptionalLong.of(
        base + spread + slowness.getOrDefault(from, 0L) + slowness.getOrDefault(to, 0L));
  }
}
