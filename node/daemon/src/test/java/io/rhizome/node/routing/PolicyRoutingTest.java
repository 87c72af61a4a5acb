// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.NodeState;
import io.rhizome.node.access.TestPolicy;
import io.rhizome.node.serving.RouteLimits;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.Routers;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PolicyRoutingTest {
  private final TestPolicy policy = new TestPolicy(0);
  private LocalTime now = LocalTime.NOON;
  private final PolicyRouting routing =
      PolicyRouting.over(policy.store(), new Routers(List.of()), () -> now);

  private static Request request(String model, String tenant) {
    return Request.entering(model, 0, 10).withClient(new Request.Client(tenant, "", ""));
  }

  @Test
  void whereNoRouteIsForARequestTheDefaultChoosesAmongAll() {
    assertThat(routing.router(request("digits", "")).name()).isEqualTo(Routers.DEFAULT);
    assertThat(routing.rules(request("digits", ""))).isEqualTo(RouteRules.NONE);
    assertThat(routing.routers()).hasSize(1);
    assertThat(routing.limits(request("digits", ""))).isEqualTo(RouteLimits.NONE);
  }

  @Test
  void theMostParticularRouteNamesTheRouter() {
    policy.put("Route", "all", "{\"models\":\"*\",\"router\":{\"name\":\"random\"}}");
    policy.put("Route", "med", "{\"models\":\"med-*\",\"router\":{\"name\":\"round_robin\"}}");
    policy.put(
        "Route",
        "acme",
        "{\"models\":\"*\",\"tenants\":[\"acme\"],\"router\":{\"name\":\"power_of_two\"}}");
    policy.put("Route", "quiet", "{\"models\":\"med-x\",\"minSecurityLevel\":1}");

    assertThat(routing.router(request("digits", "")).name()).isEqualTo("random");
    assertThat(routing.router(request("med-x", "")).name()).isEqualTo("round_robin");
    assertThat(routing.router(request("med-x", "acme")).name()).isEqualTo("power_of_two");
    assertThat(routing.routers()).hasSize(4);
  }

  @Test
  void aRouterKeepsWhatItLearntWhileItsRouteSaysTheSameOfIt() {
    policy.put("Route", "r", "{\"models\":\"*\",\"router\":{\"name\":\"peak_ewma\"}}");
    Router before = routing.router(request("digits", ""));

    policy.put(
        "Route",
        "r",
        "{\"models\":\"d*\",\"router\":{\"name\":\"peak_ewma\"},\"tiers\":[\"edge\"]}");
    assertThat(routing.router(request("digits", ""))).isSameAs(before);

    policy.put("Route", "r", "{\"models\":\"d*\",\"router\":{\"name\":\"random\"}}");
    assertThat(routing.router(request("digits", ""))).isNotSameAs(before);
  }

  @Test
  void aRouteWhoseRouterIsNotKnownHereKeepsItsRules() {
    policy.put(
        "Route",
        "r",
        "{\"models\":\"*\",\"router\":{\"name\":\"q_routing\"},\"residencyZones\":[\"eu\"]}");

    assertThat(routing.router(request("digits", "")).name()).isEqualTo(Routers.DEFAULT);
    assertThat(routing.rules(request("digits", "")).zones()).containsExactly("eu");
  }

  @Test
  void rulesOfAllRoutesHoldTogether() {
    policy.put("Route", "a", "{\"models\":\"*\",\"residencyZones\":[\"eu\",\"ch\"]}");
    policy.put(
        "Route",
        "b",
        "{\"models\":\"med-*\",\"residencyZones\":[\"ch\"],\"tiers\":[\"edge\"],\"minSecurityLevel\":3}");
    policy.put("Route", "c", "{\"models\":\"us-*\",\"residencyZones\":[\"us\"]}");

    assertThat(routing.rules(request("med-x", "")))
        .isEqualTo(new RouteRules(List.of("ch"), List.of("edge"), 3));
    assertThat(routing.rules(request("us-x", "")).objectionToPass(place("us"))).isNotNull();
    assertThat(routing.rules(request("us-x", "")).objectionToPass(place("eu"))).isNotNull();
  }

  @Test
  void oneRouteThatAllowsItLetsModelsBeLoadedOnDemand() {
    policy.put("Route", "all", "{\"models\":\"*\",\"minSecurityLevel\":1}");
    policy.put(
        "Route", "rare", "{\"models\":\"rare-*\",\"tenants\":[\"acme\"],\"loadOnDemand\":true}");

    assertThat(routing.rules(request("rare-x", "acme")))
        .isEqualTo(new RouteRules(List.of(), List.of(), 1).loadingOnDemand(true));
    assertThat(routing.rules(request("rare-x", "")).loadOnDemand()).isFalse();
    assertThat(routing.rules(request("digits", "acme")).loadOnDemand()).isFalse();
  }

  private static Place place(String zone) {
    return new Place("r", "s", "t", zone, 4);
  }

  @Test
  void aPlaceComesFromTheSiteThatTheMemberWasAdmittedTo() {
    policy.put(
        "Site",
        "plant-7",
        "{\"tier\":\"edge\",\"region\":\"eu-west\",\"residencyZone\":\"eu\",\"securityLevel\":2}");

    assertThat(routing.place(member("plant-7"), member("plant-7")))
        .isEqualTo(new Place("eu-west", "plant-7", "edge", "eu", 2));
    assertThat(routing.place(member("plant-8"), member("plant-7")))
        .isEqualTo(new Place("eu-west", "plant-8", "", "", 0));
  }

  private static Member member(String site) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("site", site);
    labels.put("region", "eu-west");
    Endpoint address = new Endpoint("127.0.0.1", 1);
    return new Member(
        NodeId.ofPublicKey(new byte[] {1}),
        Member.Status.ALIVE,
        1,
        new NodeState(address, address, "", labels, List.of()),
        1_000);
  }

  @Test
  void limitsOfAllRoutesHoldTogether() {
    policy.put("Route", "r", "{\"models\":\"pay-*\",\"repeatable\":false,\"timeout\":\"2s\"}");
    policy.put("Route", "s", "{\"models\":\"*\",\"retries\":{\"attempts\":0},\"timeout\":\"5s\"}");

    assertThat(routing.limits(request("pay-x", "")))
        .isEqualTo(new RouteLimits(false, 2_000_000_000L, 1));
    assertThat(routing.limits(request("digits", "")))
        .isEqualTo(new RouteLimits(true, 5_000_000_000L, 1));
  }

  @Test
  void requestsRunOnlyInTheTimeWindowsAlsoPastMidnight() {
    policy.put(
        "Route",
        "night",
        "{\"models\":\"*\",\"timeWindows\":[{\"start\":\"22:00\",\"duration\":\"8h\"}]}");

    assertThat(routing.rules(request("digits", "")).objectionToPass(place("eu")))
        .isEqualTo("timeWindows of Route/night exclude now");
    for (String open : List.of("22:00", "23:59", "00:00", "05:59")) {
      now = LocalTime.parse(open);
      assertThat(routing.rules(request("digits", ""))).as(open).isEqualTo(RouteRules.NONE);
    }
    now = LocalTime.of(6, 0);
    assertThat(routing.rules(request("digits", "")).closed()).isNotEmpty();
  }

  @Test
  void theCostOfALinkIsThatOfTheSiteThatItLeavesFrom() {
    policy.put(
        "Site",
        "plant-7",
        "{\"links\":[{\"to\":\"cloud\",\"pricePerGb\":0.09},{\"to\":\"near\"}]}");
    policy.put("Route", "r", "{\"models\":\"*\",\"objective\":\"cost\"}");

    assertThat(routing.rules(request("digits", "")).cheapest()).isTrue();
    assertThat(routing.place(member("cloud"), member("plant-7")).pricePerGb()).isEqualTo(0.09);
    assertThat(routing.place(member("near"), member("plant-7")).pricePerGb()).isZero();
    assertThat(routing.place(member("plant-7"), member("cloud")).pricePerGb()).isZero();
  }

  @Test
  void theEnergyOfARunIsWeighedByTheSiteThatItRunsAt() {
    policy.put("Site", "hydro", "{\"energyWeight\":24.5}");
    policy.put("Site", "coal", "{\"energyWeight\":820,\"links\":[{\"to\":\"hydro\"}]}");
    policy.put("Route", "r", "{\"models\":\"*\",\"objective\":\"energy\"}");

    assertThat(routing.rules(request("digits", "")).leastEnergy()).isTrue();
    assertThat(routing.rules(request("digits", "")).cheapest()).isFalse();
    assertThat(routing.place(member("hydro"), member("coal")).energyWeight()).isEqualTo(24.5);
    assertThat(routing.place(member("coal"), member("coal")).energyWeight()).isEqualTo(820);
    assertThat(routing.place(member("elsewhere"), member("coal")).energyWeight())
        .isEqualTo(Place.NO_ENERGY_WEIGHT);
  }

  @Test
  void latencyBoundsAreReadByTier() {
    policy.put(
        "Route",
        "r",
        "{\"models\":\"*\",\"latencyBounds\":[{\"tier\":\"edge\",\"atMost\":\"50ms\"}]}");

    assertThat(routing.rules(request("digits", "")).latencyBounds())
        .containsExactly(Map.entry("edge", 50_000_000L));
  }
}
