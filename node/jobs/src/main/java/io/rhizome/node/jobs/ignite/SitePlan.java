// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.Site;
import io.rhizome.node.jobs.ignite.Neighbour.Group;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node does next about its part in its site's cluster. Nothing is asked of operators: the
 * first node founds a cluster, others join it and are counted once they stayed; who is gone for
 * long is no longer counted; two clusters that find each other become one.
 *
 * <pre>
 * no cluster yet      others have one, or this is the first by name that begins  START
 *                     else, after a while                                        START
 * segmented           Ignite says that the others count this node as failed      RESTART
 * two clusters        the other stays (see {@link Group#staysBefore})            MERGE where this
 *                                                          one may have written, else RESTART
 * inactive, leading   nothing was ever stored, or most that store it are here    ACTIVATE
 * active, leading     the nodes here are not those counted                       COUNT them
 * </pre>
 *
 * <p>A site of two whose nodes lost each other goes on at both ends; each then counts itself alone,
 * and Ignite refuses to join what went different ways: see {@link IgniteSite} for what is done
 * then. In larger sites a minority waits.
 *
 * <p>A state machine: time is passed in. Not thread-safe.
 */
final class SitePlan {
  private static final long SECOND = 1_000_000_000L;

  /** How long neighbours are given to say what they do before this node begins without. */
  static final long HELLO_NANOS = 3 * SECOND;

  /** How long a new node waits for one before it by name to found the site. */
  static final long FOUNDER_NANOS = 15 * SECOND;

  /** How long two clusters see each other until one gives way. */
  static final long TWO_NANOS = 5 * SECOND;

  /** How long a node must be there to be counted. */
  static final long STAYS_NANOS = 2 * SECOND;

  /** How long one of a stopped site of two waits for the other until it goes on alone. */
  static final long ALONE_NANOS = 10 * SECOND;

  /** What to do. */
  enum Kind {
    NOTHING,
    START,
    RESTART,
    MERGE,
    ACTIVATE,
    COUNT
  }

  /**
   * One thing to do.
   *
   * @param counted whom to count; of {@code COUNT}
   */
  record Action(Kind kind, SortedSet<String> counted) {
    static Action of(Kind kind) {
      return new Action(kind, Collections.emptySortedSet());
    }
  }

  /**
   * The cluster that this node is in.
   *
   * @param active whether caches may be used
   * @param segmented whether the others count this node as failed
   * @param lead the oldest node's name
   * @param present the nodes that are there
   * @param counted the nodes that store the site's jobs, there or not; empty where nobody ever did
   */
  record Ring(
      boolean active,
      boolean segmented,
      String lead,
      SortedSet<String> present,
      SortedSet<String> counted) {
    /** The same, as others are told. */
    Group group() {
      return new Group(lead, present.size(), active && here() >= Majority.wanted(counted.size()));
    }

    int here() {
      return (int) present.stream().filter(name -> counted.contains(name)).count();
    }
  }

  private final String self;
  private final boolean founded;
  private final long goneNanos;
  private final long beganNanos;
  private final Map<String, Long> here = new TreeMap<>();
  private final Map<String, Long> gone = new TreeMap<>();
  private long twoSinceNanos = Long.MAX_VALUE;
  private long stoppedSinceNanos = Long.MAX_VALUE;

  /**
   * A plan for a node that is in no cluster yet.
   *
   * @param founded whether it stored a site's jobs before
   * @param goneNanos how long a node must be gone to be counted no more
   */
  SitePlan(String self, boolean founded, long goneNanos, long nowNanos) {
    this.self = self;
    this.founded = founded;
    this.goneNanos = goneNanos;
    this.beganNanos = nowNanos;
  }

  /** What to do now, given the neighbours and the cluster, if this node is in one. */
  Action next(long nowNanos, Collection<Neighbour> neighbours, Optional<Ring> ring) {
    if (ring.isEmpty()) {
      return Action.of(mayStart(nowNanos, neighbours) ? Kind.START : Kind.NOTHING);
    }
    Ring own = ring.get();
    if (own.segmented()) {
      return Action.of(Kind.RESTART);
    }
    if (givesWay(nowNanos, neighbours, own)) {
      return Action.of(own.group().writes() ? Kind.MERGE : Kind.RESTART);
    }
    if (!own.lead().equals(self)) {
      return Action.of(Kind.NOTHING);
    }
    return own.active() ? counting(nowNanos, own) : activation(nowNanos, own);
  }

  private boolean mayStart(long now, Collection<Neighbour> neighbours) {
    long waited = now - beganNanos;
    boolean allSaid = neighbours.stream().allMatch(neighbour -> neighbour.said().isPresent());
    if (!allSaid && waited < HELLO_NANOS) {
      return false;
    }
    if (founded || waited >= FOUNDER_NANOS) {
      return true;
    }
    boolean first = true;
    for (Neighbour neighbour : neighbours) {
      if (neighbour.said().isPresent()) {
        if (neighbour.said().get().group().isPresent()) {
          return true;
        }
        boolean before = neighbour.name().compareTo(self) < 0;
        first &= !(before && neighbour.said().get().used());
      }
    }
    return first;
  }

  private boolean givesWay(long now, Collection<Neighbour> neighbours, Ring own) {
    boolean two = false;
    boolean givesWay = false;
    for (Neighbour neighbour : neighbours) {
      Optional<Group> group = neighbour.said().flatMap(Neighbour.Part::group);
      if (group.isPresent()
          && !own.present().contains(neighbour.name())
          && !group.get().lead().equals(own.lead())) {
        two = true;
        givesWay |= group.get().staysBefore(own.group());
      }
    }
    if (!two) {
      twoSinceNanos = Long.MAX_VALUE;
      return false;
    }
    twoSinceNanos = Math.min(twoSinceNanos, now);
    return givesWay && now - twoSinceNanos >= TWO_NANOS;
  }

  private Action activation(long now, Ring own) {
    if (own.counted().isEmpty()) {
      return Action.of(Kind.ACTIVATE);
    }
    if (own.here() >= Site.majority(own.counted().size())) {
      return Action.of(Kind.ACTIVATE);
    }
    stoppedSinceNanos = Math.min(stoppedSinceNanos, now);
    boolean alone =
        own.here() >= Majority.wanted(own.counted().size())
            && now - stoppedSinceNanos >= ALONE_NANOS;
    return Action.of(alone ? Kind.ACTIVATE : Kind.NOTHING);
  }

  private Action counting(long now, Ring own) {
    here.keySet().retainAll(own.present());
    own.present().forEach(name -> here.putIfAbsent(name, now));
    gone.keySet().removeAll(own.present());
    gone.keySet().retainAll(own.counted());
    SortedSet<String> counted = new TreeSet<>(own.counted());
    for (String name : own.counted()) {
      if (!own.present().contains(name)) {
        long since = now - gone.computeIfAbsent(name, n -> now);
        if (own.counted().size() == 2 || since >= goneNanos) {
          counted.remove(name);
        }
      }
    }
    here.forEach(
        (name, since) -> {
          if (now - since >= STAYS_NANOS) {
            counted.add(name);
          }
        });
    boolean may = own.here() >= Majority.wanted(own.counted().size());
    return may && !counted.equals(own.counted()) && !counted.isEmpty()
        ? new Action(Kind.COUNT, counted)
        : Action.of(Kind.NOTHING);
  }
}
