// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Load;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The few holders of one model whose load was heard of last (B. Wydrowski et al., "Load is not what
 * you should balance: Introducing Prequal", NSDI 2024, section 4): at most {@value #CAPACITY}, none
 * older than a bound.
 *
 * <p>A node has one entry at most, its newest; the oldest makes room. Any thread: its lock is held
 * for a walk over the entries.
 */
final class ProbePool {
  static final int CAPACITY = 16;
  static final long MAX_AGE_NANOS = 1_000_000_000L;

  private final long maxAgeNanos;
  private final List<Entry> entries = new ArrayList<>(CAPACITY);

  /**
   * One node's load.
   *
   * @param node who said it
   * @param load what it said, and what was sent there since
   * @param heardNanos when
   * @param uses how many decisions it served
   */
  record Entry(NodeId node, Load load, long heardNanos, int uses) {
    /** How long a request would take there, the network left out. */
    long latencyNanos() {
      long nanos = load.queueNanos() + load.serviceNanos();
      return nanos < 0 ? Long.MAX_VALUE : nanos;
    }
  }

  /** Entries live for a second. */
  ProbePool() {
    this(MAX_AGE_NANOS);
  }

  ProbePool(long maxAgeNanos) {
    this.maxAgeNanos = maxAgeNanos;
  }

  /** A node said how busy it is. */
  synchronized void add(long nowNanos, NodeId node, Load load) {
    remove(node);
    if (entries.size() == CAPACITY) {
      entries.remove(0);
    }
    entries.add(new Entry(node, load, nowNanos, 0));
  }

  /** A request was sent there: one more in flight, one use more. */
  synchronized void use(NodeId node) {
    int at = indexOf(node);
    if (at >= 0) {
      Entry entry = entries.get(at);
      entries.set(at, new Entry(node, entry.load().plus(1), entry.heardNanos(), entry.uses() + 1));
    }
  }

  /** What is known of that node is of no more use. */
  synchronized void remove(NodeId node) {
    int at = indexOf(node);
    if (at >= 0) {
      entries.remove(at);
    }
  }

  private int indexOf(NodeId node) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).node().equals(node)) {
        return i;
      }
    }
    return -1;
  }

  /** Takes the oldest out, where more than half of the room is taken. */
  synchronized void removeOldest() {
    if (entries.size() > CAPACITY / 2) {
      entries.remove(0);
    }
  }

  /**
   * Takes the worst out, where more than half of the room is taken: the one of most requests in
   * flight among those that have more than {@code hotAbove}, else the slowest.
   */
  synchronized void removeWorst(int hotAbove) {
    if (entries.size() > CAPACITY / 2) {
      Comparator<Entry> worse =
          Comparator.comparingInt((Entry entry) -> Math.max(hotAbove, entry.load().inFlight()))
              .thenComparingLong(Entry::latencyNanos);
      entries.remove(entries.stream().max(worse).orElseThrow());
    }
  }

  /** The entries still young enough, oldest first. */
  synchronized List<Entry> fresh(long nowNanos) {
    entries.removeIf(entry -> nowNanos - entry.heardNanos() > maxAgeNanos);
    return new ArrayList<>(entries);
  }
}
