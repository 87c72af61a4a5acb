// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.Member;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.routers.HotCold;
import java.util.List;

/** Routing where policy says nothing of places. */
public final class PlainRouting implements Routing {
  private Router router = new HotCold();
  private RouteRules rules = RouteRules.NONE;

  /** From now on models may be loaded on demand. */
  void loadOnDemand() {
    rules = RouteRules.NONE.loadingOnDemand(true);
  }

  /** From now on that one chooses. */
  void chooses(Router other) {
    router = other;
  }

  @Override
  public Router router(Request request) {
    return router;
  }

  @Override
  public List<Router> routers() {
    return List.of(router);
  }

  @Override
  public RouteRules rules(Request request) {
    return rules;
  }

  @Override
  public RouteLimits limits(Request request) {
    return RouteLimits.NONE;
  }

  @Override
  public Place place(Member member, Member from) {
    return Place.UNKNOWN;
  }
}
