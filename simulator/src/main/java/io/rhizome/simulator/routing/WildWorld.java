// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.Holders;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A mesh in which each node believes something else: about who holds what, who is there, who
 * reaches whom and through whom. Only what policy says is the same everywhere, and where nodes
 * stand, save that some do not know it of some.
 */
final class WildWorld implements Beliefs {
  static final int TENANTS = 6;

  private static final List<String> ZONES = List.of("de", "fr", "us", "");
  private static final List<String> TIERS = List.of("edge", "core", "");
  private static final int LEVELS = 4;

  private final SplittableRandom random;
  private final int nodes;
  private final Place[] places;
  private final Holders[] holders;
  private final Reachability[] reachabilities;
  private final BitSet unused = new BitSet();
  private final BitSet suspected = new BitSet();
  private final BitSet unplaced = new BitSet();
  private final SortedMap<String, RouteRules> rules = new TreeMap<>();

  WildWorld(int nodes, SplittableRandom random) {
    this.random = random;
    this.nodes = nodes;
    this.places = new Place[nodes];
    this.holders = new Holders[nodes];
    this.reachabilities = new Reachability[nodes * nodes];
    for (int i = 0; i < nodes; i++) {
      places[i] =
          new Place(draw(ZONES), "site-" + i % 3, draw(TIERS), draw(ZONES), random.nextInt(LEVELS));
    }
    for (int tenant = 0; tenant < TENANTS; tenant++) {
      rules.put("tenant-" + tenant, drawRules());
    }
    for (int observer = 0; observer < nodes; observer++) {
      renew(observer);
    }
  }

  private static <T> T drawn(List<T> all, SplittableRandom random) {
    return all.get(random.nextInt(all.size()));
  }

  private String draw(List<String> all) {
    return drawn(all, random);
  }

  private RouteRules drawRules() {
    List<String> zones = new ArrayList<>();
    List<String> tiers = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      zones.add(draw(ZONES.subList(0, 3)));
    }
    if (random.nextInt(3) == 0) {
      tiers.add(draw(TIERS.subList(0, 2)));
    }
    return new RouteRules(zones, tiers, random.nextInt(3) == 0 ? random.nextInt(LEVELS) : 0);
  }

  /** From now on that node believes something else. */
  void renew(int observer) {
    SortedMap<Long, List<NodeId>> held = new TreeMap<>();
    for (int node = 0; node < nodes; node++) {
      int at = observer * nodes + node;
      for (long version = 1; version <= 2; version++) {
        if (random.nextInt(3) > 0) {
          held.computeIfAbsent(version, number -> new ArrayList<>()).add(RoutingMesh.id(node));
        }
      }
      unused.set(at, random.nextInt(8) == 0);
      suspected.set(at, random.nextInt(8) == 0);
      unplaced.set(at, random.nextInt(8) == 0);
      reachabilities[at] = drawReachability();
    }
    holders[observer] = new Holders(held);
  }

  private Reachability drawReachability() {
    return switch (random.nextInt(6)) {
      case 0 -> Reachability.NONE;
      case 1, 2 -> new Reachability.Via(RoutingMesh.id(random.nextInt(nodes)));
      default -> Reachability.DIRECT;
    };
  }

  /** Where that node stands in truth. */
  Place place(int node) {
    return places[node];
  }

  @Override
  public Holders holders(int observer, String model) {
    return holders[observer];
  }

  @Override
  public boolean uses(int observer, int node) {
    return !unused.get(observer * nodes + node);
  }

  @Override
  public boolean suspects(int observer, int node) {
    return suspected.get(observer * nodes + node);
  }

  @Override
  public Reachability reachability(int observer, int node) {
    return reachabilities[observer * nodes + node];
  }

  @Override
  public Place place(int observer, int node) {
    return observer != node && unplaced.get(observer * nodes + node) ? Place.UNKNOWN : places[node];
  }

  @Override
  public RouteRules rules(Request request) {
    return rules.getOrDefault(request.client().tenant(), RouteRules.NONE);
  }
}
