// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What policy says of where a request may run and pass, from every {@code Route} that names its
 * model and {@code Site}. A rule that cannot be checked, as nothing is known of a node's place,
 * refuses.
 *
 * @param zones the only residency zones that it may enter; empty for any
 * @param tiers the only tiers that may run it; empty for any
 * @param minSecurityLevel the least physical security of whoever sees it, 0 to 4
 */
public record RouteRules(List<String> zones, List<String> tiers, int minSecurityLevel) {
  /** Anywhere. */
  public static final RouteRules NONE = new RouteRules(List.of(), List.of(), 0);

  /** What no place is: rules that exclude one another leave nothing. */
  private static final List<String> NOWHERE = List.of("(none)");

  public RouteRules {
    zones = List.copyOf(zones);
    tiers = List.copyOf(tiers);
  }

  /** Both these rules and those. */
  public RouteRules and(RouteRules other) {
    return new RouteRules(
        both(zones, other.zones),
        both(tiers, other.tiers),
        Math.max(minSecurityLevel, other.minSecurityLevel));
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
}
