// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.policy.VoterChoice;
import io.rhizome.node.policy.VoterChoice.Candidate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which vote a leader gives or takes next, by how long it has seen nodes there or gone. One change
 * at a time: who is gone for long loses its vote if another can have it. One thread, save {@link
 * #gone} and {@link #welcome}.
 */
final class Growth {
  private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Admitted admitted;
  private final long goneNanos;
  private final LongSupplier nanoTime;
  private final SortedMap<NodeId, Long> usableSince = new TreeMap<>();
  private final SortedMap<NodeId, Long> goneSince = new ConcurrentSkipListMap<>();
  private volatile @Nullable NodeId asked;
  private long changedAtNanos;
  private long askedAtNanos;

  /** What to do. */
  sealed interface Step {
    /** Ask that node to vote too. */
    record Invite(NodeId node) implements Step {}

    /** Take that node's vote. */
    record Remove(NodeId node) implements Step {}
  }

  /**
   * Has seen nobody yet.
   *
   * @param goneNanos how long a voter must have been gone until another gets its vote
   */
  Growth(Admitted admitted, long goneNanos, LongSupplier nanoTime) {
    this.admitted = admitted;
    this.goneNanos = goneNanos;
    this.nanoTime = nanoTime;
    this.changedAtNanos = nanoTime.getAsLong() - PATIENCE_NANOS;
  }

  /** Those are there now, and those vote. */
  void see(Set<NodeId> usable, Collection<NodeId> voters) {
    since(usableSince, usable);
    SortedSet<NodeId> missing = new TreeSet<>(voters);
    missing.removeAll(usable);
    since(goneSince, missing);
  }

  private void since(SortedMap<NodeId, Long> since, Set<NodeId> these) {
    long now = nanoTime.getAsLong();
    since.keySet().retainAll(these);
    these.forEach(id -> since.putIfAbsent(id, now));
  }

  /** Whether this node has itself seen that one gone for long, or an operator revoked it. */
  boolean gone(NodeId id) {
    if (!admitted.isNode(id)) {
      return true;
    }
    Long since = goneSince.get(id);
    return since != null && nanoTime.getAsLong() - since >= goneNanos;
  }

  /** Whether that node may take a vote beside this one: it was asked, or has one. */
  boolean welcome(NodeId node, Collection<NodeId> voters) {
    return admitted.isNode(node) && (Objects.equals(asked, node) || voters.contains(node));
  }

  /**
   * The next change, if one is due.
   *
   * @param wanted how many are to vote in the end: 1, 3 or 5
   */
  Optional<Step> next(Collection<NodeId> voters, int wanted) {
    long now = nanoTime.getAsLong();
    // An even number is no better than one less, and worse while it lasts: it does not wait.
    if (voters.size() % 2 != 0 && now - changedAtNanos < PATIENCE_NANOS) {
      return Optional.empty();
    }
    List<Candidate> nodes = new ArrayList<>();
    usableSince.forEach(
        (id, since) ->
            nodes.add(
                new Candidate(id, admitted.labels(id).getOrDefault("site", ""), now - since)));
    SortedSet<NodeId> staying = new TreeSet<>(voters);
    staying.removeIf(this::gone);
    Optional<NodeId> next = VoterChoice.next(staying, nodes, wanted, STABLE_NANOS);
    boolean askedLately =
        next.isPresent()
            && Objects.equals(asked, next.get())
            && now - askedAtNanos < PATIENCE_NANOS;
    if (next.isEmpty() || askedLately) {
      return Optional.empty();
    }
    changedAtNanos = now;
    SortedSet<NodeId> leaving = new TreeSet<>(voters);
    leaving.removeAll(staying);
    if (!leaving.isEmpty()) {
      return Optional.of(new Step.Remove(leaving.first()));
    }
    asked = next.get();
    askedAtNanos = now;
    return Optional.of(new Step.Invite(next.get()));
  }
}
