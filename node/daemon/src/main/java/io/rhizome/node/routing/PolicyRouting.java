// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rhizome.gossip.Member;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.serving.RouteLimits;
import io.rhizome.node.serving.Routing;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.Routers;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routing by policy's resources of kind {@code Route} and {@code Site}.
 *
 * <p>All rules of all routes that are for a request hold together; of the routers, the most
 * particular route's. A router lives as long as its route says the same of it, so that what it has
 * learnt outlives other changes. A route whose router this node does not have is routed by the
 * default, and a warning says so: its rules hold all the same. Any thread; does not block.
 */
public final class PolicyRouting implements Routing {
  private static final Logger log = LoggerFactory.getLogger(PolicyRouting.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ROUTE = "Route";
  private static final String SITE = "Site";

  private final Routers routers;
  private final Supplier<LocalTime> timeOfDay;
  private final Router byDefault;
  private volatile Rules rules;

  /** A route with its router, if it names one. */
  private record Routed(Route route, Router router, boolean own) {}

  /** A site: where it is, and by the others' names what links to them cost. */
  private record Site(Place place, SortedMap<String, Double> prices) {}

  private record Rules(List<Routed> routes, SortedMap<String, Site> sites, List<Router> routers) {}

  private PolicyRouting(Routers routers, Supplier<LocalTime> timeOfDay) {
    this.routers = routers;
    this.timeOfDay = timeOfDay;
    this.byDefault = routers.create(Routers.DEFAULT, Collections.emptySortedMap());
    this.rules = new Rules(List.of(), Collections.emptySortedMap(), List.of(byDefault));
  }

  /**
   * By that policy, from now on.
   *
   * @param timeOfDay UTC
   */
  public static PolicyRouting over(
      PolicyStore store, Routers routers, Supplier<LocalTime> timeOfDay) {
    PolicyRouting routing = new PolicyRouting(routers, timeOfDay);
    var unused = PolicyWatcher.ofKinds(store, Set.of(ROUTE, SITE)::contains, routing::take);
    return routing;
  }

  private void take(PolicySnapshot policy) {
    List<Routed> routes = new ArrayList<>();
    for (Resource resource : policy.list(ROUTE).values()) {
      Route route = Route.of(resource.key().name(), spec(resource));
      routes.add(routed(route));
    }
    routes.sort(
        Comparator.comparingInt((Routed routed) -> routed.route().particularity())
            .reversed()
            .thenComparing(routed -> routed.route().name()));
    SortedMap<String, Site> sites = new TreeMap<>();
    for (Resource resource : policy.list(SITE).values()) {
      sites.put(resource.key().name(), site(resource.key().name(), spec(resource)));
    }
    List<Router> all = new ArrayList<>();
    all.add(byDefault);
    routes.stream().filter(Routed::own).map(Routed::router).forEach(all::add);
    rules = new Rules(List.copyOf(routes), sites, List.copyOf(all));
  }

  private Routed routed(Route route) {
    if (route.router().name().isEmpty()) {
      return new Routed(route, byDefault, false);
    }
    for (Routed known : rules.routes()) {
      if (known.own()
          && known.route().name().equals(route.name())
          && known.route().router().equals(route.router())) {
        return new Routed(route, known.router(), true);
      }
    }
    try {
      return new Routed(
          route, routers.create(route.router().name(), route.router().parameters()), true);
    } catch (IllegalArgumentException e) {
      log.warn("Route/{} is routed by {}: {}", route.name(), Routers.DEFAULT, e.getMessage());
      return new Routed(route, byDefault, false);
    }
  }

  private static JsonNode spec(Resource resource) {
    try {
      return JSON.readTree(resource.body());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("policy holds JSON only: " + resource.key(), e);
    }
  }

  private static Site site(String name, JsonNode spec) {
    SortedMap<String, Double> prices = new TreeMap<>();
    for (JsonNode link : spec.path("links")) {
      prices.put(link.path("to").asText(), link.path("pricePerGb").asDouble(0));
    }
    Place place =
        new Place(
            spec.path("region").asText(""),
            name,
            spec.path("tier").asText(""),
            spec.path("residencyZone").asText(""),
            spec.path("securityLevel").asInt(0));
    double weight = spec.path("energyWeight").asDouble(Place.NO_ENERGY_WEIGHT);
    return new Site(place.withEnergyWeight(weight), prices);
  }

  @Override
  public Router router(Request request) {
    for (Routed routed : rules.routes()) {
      if (routed.own() && routed.route().isFor(request)) {
        return routed.router();
      }
    }
    return byDefault;
  }

  @Override
  public List<Router> routers() {
    return rules.routers();
  }

  @Override
  public RouteRules rules(Request request) {
    RouteRules all = RouteRules.NONE;
    for (Routed routed : rules.routes()) {
      if (routed.route().isFor(request)) {
        all = all.and(routed.route().rules(timeOfDay.get()));
      }
    }
    return all;
  }

  @Override
  public RouteLimits limits(Request request) {
    RouteLimits all = RouteLimits.NONE;
    for (Routed routed : rules.routes()) {
      if (routed.route().isFor(request)) {
        all = all.and(routed.route().limits());
      }
    }
    return all;
  }

  /** By its admission record's site; what policy does not say of that, the record's labels do. */
  @Override
  public Place place(Member member, Member from) {
    Place place = place(member);
    String here = from.state().labels().getOrDefault("site", "");
    Site site = place.site().equals(here) ? null : rules.sites().get(here);
    return site == null ? place : place.withPrice(site.prices().getOrDefault(place.site(), 0.0));
  }

  private Place place(Member member) {
    Map<String, String> labels = member.state().labels();
    Site site = rules.sites().get(labels.getOrDefault("site", ""));
    return site != null
        ? site.place()
        : new Place(
            labels.getOrDefault("region", ""),
            labels.getOrDefault("site", ""),
            labels.getOrDefault("tier", ""),
            "",
            0);
  }
}
