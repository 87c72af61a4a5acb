// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.rhizome.gossip.Member;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import io.rhizome.scheduler.Router;
import java.util.List;

/** What policy says of routing, as of now. Any thread; does not block. */
public interface Routing {
  /** Who chooses for that request. */
  Router router(Request request);

  /** All routers that choose for any request: what one node says of its load concerns them all. */
  List<Router> routers();

  /** Where that request may run and pass. */
  RouteRules rules(Request request);

  /** How long that request may take and how often it may be tried. */
  RouteLimits limits(Request request);

  /** Where that member stands, and what bytes from that other one's site to it cost. */
  Place place(Member member, Member from);
}
