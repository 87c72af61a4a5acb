// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What policy says of where a request may run and pass, from every {@code Route} that names its
 * model and {@code Site}. A rule that cannot be checked, as nothing is known of a node's place,
 * refuses.
 *
 * @param zones the only residency zones that it may enter; empty for any
 * @param tiers the only tiers that may run it; empty for any
 * @param minSecurityLevel the least physical security of whoever sees it, 0 to 4
 * @param latencyBounds by tier, the most nanoseconds that a request may be estimated to take at a
 *     node there; a tier that is not named has no bound
 * @param cheapest whether only those may run it to which bytes go at the least price
 * @param leastEnergy whether only those may run it where a run weighs least for its energy, of the
 *     cheapest where both hold
 * @param loadOnDemand whether a node that has its model on disk only may load it for it
 * @param closed why it may run nowhere now; empty where it may
 */
public record RouteRules(
    List<String> zones,
    List<String> tiers,
    int minSecurityLevel,
    SortedMap<String, Long> latencyBounds,
    boolean cheapest,
    boolean leastEnergy,
    boolean loadOnDemand,
    String closed) {
  /** Anywhere. */
  public static final RouteRules NONE = new RouteRules(List.of(), List.of(), 0);

  /** What no place is: rules that exclude one another leave nothing. */
  private static final List<String> NOWHERE = List.of("(none)");

  public RouteRules {
    zones = List.copyOf(zones);
    tiers = List.copyOf(tiers);
    latencyBounds = Collections.unmodifiableSortedMap(new TreeMap<>(latencyBounds));
  }

  /** Rules on places alone, by which nothing is loaded on demand. */
  public RouteRules(List<String> zones, List<String> tiers, int minSecurityLevel) {
    this(zones, tiers, minSecurityLevel, Collections.emptySortedMap(), false, false, false, "");
  }

  /** The same, by which a model may be loaded on demand, or may not. */
  public RouteRules loadingOnDemand(boolean may) {
    return new RouteRules(
        zones, tiers, minSecurityLevel, latencyBounds, cheapest, leastEnergy, may, closed);
  }

  /** The same, which let it run nowhere, and why. */
  public RouteRules closedFor(String why) {
    return new RouteRules(
        zones, tiers, minSecurityLevel, latencyBounds, cheapest, leastEnergy, loadOnDemand, why);
  }

  /** Both these rules and those; loading on demand is allowed where either allows it. */
  public RouteRules and(RouteRules other) {
    SortedMap<String, Long> bounds = new TreeMap<>(latencyBounds);
    for (Map.Entry<String, Long> bound : other.latencyBounds.entrySet()) {
      bounds.merge(bound.getKey(), bound.getValue(), Math::min);
    }
    return new RouteRules(
        both(zones, other.zones),
        both(tiers, other.tiers),
        Math.max(minSecurityLevel, other.minSecurityLevel),
        bounds,
        cheapest || other.cheapest,
        leastEnergy || other.leastEnergy,
        loadOnDemand || other.loadOnDemand,
        closed.isEmpty() ? other.closed : closed);
  }

  private static List<String> both(List<String> some, List<String> others) {
    if (some.isEmpty() || others.isEmpty()) {
      return some.isEmpty() ? others : some;
    }
    List<String> common = some.stream().filter(others::contains).toList();
    return common.isEmpty() ? NOWHERE : common;
  }

  /** Why it may not even pass a node at that place, naming the rule; null where it may. */
  public @Nullable String objectionToPass(Place place) {
    if (!closed.isEmpty()) {
      return closed;
    }
    if (!zones.isEmpty() && !zones.contains(place.zone())) {
      return "residencyZones " + zones + " exclude zone '" + place.zone() + "'";
    }
    if (place.securityLevel() < minSecurityLevel) {
      return "minSecurityLevel " + minSecurityLevel + " is above its " + place.securityLevel();
    }
    return null;
  }

  /** Why it may not run at a node at that place, naming the rule; null where it may. */
  public @Nullable String objectionToRun(Place place) {
    if (!tiers.isEmpty() && !tiers.contains(place.tier())) {
      return "tiers " + tiers + " exclude tier '" + place.tier() + "'";
    }
    return objectionToPass(place);
  }

  /**
   * Why it may not run where it would take as long as that, naming the rule; null where it may. A
   * node of no tier has the least of the bounds.
   */
  public @Nullable String objectionToLatency(Place place, Estimate estimate) {
    if (latencyBounds.isEmpty()) {
      return null;
    }
    Long bound =
        place.tier().isEmpty()
            ? Collections.min(latencyBounds.values())
            : latencyBounds.get(place.tier());
    return bound == null || estimate.totalNanos() <= bound
        ? null
        : "latencyBounds of tier '%s' are %d ms, and it would take about %d ms"
            .formatted(place.tier(), bound / 1_000_000, estimate.totalNanos() / 1_000_000);
  }
}
