// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Holders of this node's site first, then those of its region, then the rest; farther away only
 * when the nearer are full (as Envoy's and Istio's locality-aware routing with failover).
 *
 * <p><b>Goals.</b> Traffic between sites and regions, which costs money and time, stays little.
 *
 * <p><b>Algorithm.</b> A holder is full at {@code full} requests in flight for each that it runs at
 * once. Of the nearest group that has one that is not, two of those are drawn, and the one where
 * the request would be answered sooner gets it. Where all are full, two of all are drawn. So a
 * group fills up node by node, and only what is above goes farther. This node is of its own site,
 * named or not.
 *
 * <p><b>Cost.</b> A look at each holder.
 *
 * <p>Parameter {@code full}, 0.1 to 100: 1.
 *
 * <p>Stateless; any thread.
 */
public final class ZoneAware implements Router {
  private static final String NAME = "zone_aware";
  private static final int GROUPS = 3;
  private static final double MIN_FULL = 0.1;
  private static final double MAX_FULL = 100;

  private final double full;

  /** A holder is full when another request would have to wait. */
  public ZoneAware() {
    this(1);
  }

  private ZoneAware(double full) {
    this.full = full;
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
        parameters -> new ZoneAware(parameters.number("full", full, MIN_FULL, MAX_FULL)));
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    Place here = view.node(view.self()).map(NodeView::place).orElse(Place.UNKNOWN);
    for (int distance = 0; distance < GROUPS; distance++) {
      List<NodeView> roomy = new ArrayList<>();
      for (NodeView node : candidates.all()) {
        if (distance(node, here, view) == distance && node.load().pressure() < full) {
          roomy.add(node);
        }
      }
      if (!roomy.isEmpty()) {
        return sooner(candidates, two(roomy, random), random);
      }
    }
    return sooner(candidates, two(candidates.all(), random), random);
  }

  private static int distance(NodeView node, Place here, ClusterView view) {
    if (node.id().equals(view.self())) {
      return 0;
    }
    Place there = node.place();
    boolean sameRegion = there.region().equals(here.region());
    if (sameRegion && !here.site().isEmpty() && there.site().equals(here.site())) {
      return 0;
    }
    return sameRegion && !here.region().isEmpty() ? 1 : 2;
  }

  private static List<NodeView> two(List<NodeView> group, RandomGenerator random) {
    if (group.size() <= 2) {
      return group;
    }
    int first = random.nextInt(group.size());
    int second = (first + 1 + random.nextInt(group.size() - 1)) % group.size();
    return List.of(group.get(first), group.get(second));
  }

  private static RouteDecision sooner(
      Candidates candidates, List<NodeView> two, RandomGenerator random) {
    long bytes = candidates.request().bytes();
    return Least.of(candidates, two, node -> node.estimate(bytes).totalNanos(), "slower", random);
  }
}
