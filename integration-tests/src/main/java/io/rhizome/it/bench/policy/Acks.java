// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.rhizome.it.bench.Gaps;
import io.rhizome.node.policy.ProposalId;
import java.util.ArrayList;
import java.util.List;

/** Every write that was acknowledged, in the order of the answers. Any thread. */
final class Acks {
  private final List<Ack> all = new ArrayList<>();
  private long newest;

  /**
   * One of them.
   *
   * @param atNanos when the writer heard, on the {@link System#nanoTime()} scale
   */
  record Ack(ProposalId id, long version, long atNanos) {}

  synchronized void add(ProposalId id, long version) {
    all.add(new Ack(id, version, System.nanoTime()));
    newest = Math.max(newest, version);
  }

  synchronized int count() {
    return all.size();
  }

  /** The newest version that anybody was told of. */
  synchronized long newest() {
    return newest;
  }

  synchronized List<Ack> all() {
    return List.copyOf(all);
  }

  /** The longest time without an answer that touches that span; see {@link Gaps}. */
  synchronized double longestGapSeconds(long fromNanos, long toNanos) {
    return Gaps.longest(all.stream().mapToLong(Ack::atNanos).toArray(), fromNanos, toNanos) / 1e9;
  }
}
