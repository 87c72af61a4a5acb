// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.random.RandomGenerator;

/** Any holder, each as likely as another: what every other policy has to beat. Stateless. */
public final class RandomChoice implements Router {
  @Override
  public String name() {
    return "random";
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    return candidates.draw(random).map(candidates::choose).orElseGet(candidates::refuse);
  }
}
