// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Which claims are void: those of nodes that are gone, and those that gave no sign of life for so
 * long while this node watched; those of other sites, whose link may be down, for {@value
 * #AWAY_MINUTES} minutes. Each node judges by its own clock, which is passed in; that a claim is
 * void for two at once does no harm, as only one of them is given it.
 *
 * <p>Not thread-safe. Keeps one entry for each claim that it was shown last.
 */
public final class Leases {
  private static final long AWAY_MINUTES = 10;
  private static final long AWAY_NANOS = TimeUnit.MINUTES.toNanos(AWAY_MINUTES);

  private final long leaseNanos;
  private final Map<String, Seen> seen = new TreeMap<>();

  private record Seen(long beat, long sinceNanos) {}

  /** Claims are void after so long without a sign of life. */
  public Leases(long leaseNanos) {
    this.leaseNanos = leaseNanos;
  }

  /**
   * Whether a slice may be claimed.
   *
   * @param present the nodes that are there
   */
  public boolean isFree(long nowNanos, Slice slice, SliceState state, Collection<String> present) {
    String key = slice.job() + "/" + slice.number();
    if (state.phase() != SliceState.Phase.CLAIMED) {
      seen.remove(key);
      return state.phase() == SliceState.Phase.OPEN;
    }
    Seen before = seen.get(key);
    if (before == null || before.beat() != state.beat()) {
      before = new Seen(state.beat(), nowNanos);
      seen.put(key, before);
    }
    long silent = nowNanos - before.sinceNanos();
    return Offload.isAway(state)
        ? silent >= AWAY_NANOS
        : !present.contains(state.owner()) || silent >= leaseNanos;
  }

  /** Forgets what was seen of jobs that are no more. */
  public void retain(Set<JobId> jobs) {
    seen.keySet().removeIf(key -> !jobs.contains(new JobId(key.substring(0, key.indexOf('/')))));
  }
}
