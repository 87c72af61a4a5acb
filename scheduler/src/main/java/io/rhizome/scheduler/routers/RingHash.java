// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Rendezvous;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.Router;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Requests of one affinity key go to one holder, wherever they enter, unless that has far more to
 * do than the others (V. Mirrokni, M. Thorup, M. Zadimoghaddam, "Consistent Hashing with Bounded
 * Loads", SODA 2018).
 *
 * <p><b>Goals.</b> Where a holder keeps something of a session, its requests find that. Where
 * holders come or go, few keys move. No holder drowns in a popular key.
 *
 * <p><b>Algorithm.</b> Each key has an order of the holders of its own ({@link Rendezvous}): as a
 * ring, but even without virtual nodes, and what a full holder passes on spreads over all others.
 * The first in that order takes the request unless it would then have more than {@code bound} times
 * its share of all that is in flight, in proportion to what it runs at once; then the next. A bound
 * is rounded up, so that an idle holder is never passed over; somebody is always below. A request
 * without key gets a random one.
 *
 * <p><b>Cost.</b> A hash for each holder; where the first is not idle, a look at each.
 *
 * <p>Parameter {@code bound}, 1.01 to 100: 1.25.
 *
 * <p>Stateless; any thread.
 */
public final class RingHash implements Router {
  private static final String NAME = "ring_hash";
  private static final double BOUND = 1.25;
  private static final double MIN_BOUND = 1.01;
  private static final double MAX_BOUND = 100;

  private final double bound;

  /** Nobody has more than 1.25 times its share. */
  public RingHash() {
    this(BOUND);
  }

  private RingHash(double bound) {
    this.bound = bound;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Router with(SortedMap<String, String> given) {
    return Parameters.read(
        NAME,
        given,
        parameters -> new RingHash(parameters.number("bound", bound, MIN_BOUND, MAX_BOUND)));
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    if (candidates.isEmpty()) {
      return candidates.refuse();
    }
    String affinity = request.client().affinity();
    long key = affinity.isEmpty() ? random.nextLong() : Rendezvous.key(affinity);
    Optional<NodeView> first = candidates.of(first(candidates.ids(), key));
    if (first.isPresent() && first.get().load().inFlight() == 0) {
      return candidates.choose(first.get());
    }
    return amongAll(candidates, key);
  }

  private static NodeId first(List<NodeId> ids, long key) {
    NodeId first = ids.get(0);
    long best = Rendezvous.rank(first, key);
    for (int i = 1; i < ids.size(); i++) {
      long rank = Rendezvous.rank(ids.get(i), key);
      if (rank < best) {
        best = rank;
        first = ids.get(i);
      }
    }
    return first;
  }

  private RouteDecision amongAll(Candidates candidates, long key) {
    List<NodeView> nodes = new ArrayList<>(candidates.all());
    if (nodes.isEmpty()) {
      return candidates.refuse();
    }
    nodes.sort(Comparator.comparingLong(node -> Rendezvous.rank(node.id(), key)));
    double inFlight = 1;
    double limit = 0;
    for (NodeView node : nodes) {
      inFlight += node.load().inFlight();
      limit += node.load().limit();
    }
    List<Considered> above = new ArrayList<>();
    long bytes = candidates.request().bytes();
    for (NodeView node : nodes) {
      double share = inFlight * node.load().limit() / limit;
      if (node.load().inFlight() < StrictMath.ceil(bound * share)) {
        return candidates.choose(node, above);
      }
      above.add(new Considered(node.id(), node.estimate(bytes), "above its share"));
    }
    return candidates.choose(nodes.get(0));
  }
}
