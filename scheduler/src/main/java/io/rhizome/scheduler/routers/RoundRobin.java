// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One holder after another, in the order of their ids, for each model by itself (J. Nagle, "On
 * Packet Switches With Infinite Storage", RFC 970, 1985, took turns so among queues).
 *
 * <p>Knows nothing of load: right where requests and nodes are alike. Each node begins somewhere at
 * random, so that not all nodes begin with the same holder. Holders that come or go do not upset
 * the order.
 *
 * <p>State: for each model the holder that had the last turn. Any thread; two requests that are
 * decided at the very same moment may share a turn.
 */
public final class RoundRobin implements Router {
  private final ByModel<AtomicReference<@Nullable NodeId>> lastTurns =
      new ByModel<>(AtomicReference::new);

  @Override
  public String name() {
    return "round_robin";
  }

  @Override
  public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
    Candidates candidates = Candidates.of(request, view);
    List<NodeId> ids = candidates.ids();
    if (ids.isEmpty()) {
      return candidates.refuse();
    }
    NodeId last = lastTurns.of(request.model()).get();
    int from = last == null ? random.nextInt(ids.size()) : after(last, ids);
    for (int i = 0; i < ids.size(); i++) {
      Optional<NodeView> next = candidates.of(ids.get((from + i) % ids.size()));
      if (next.isPresent()) {
        return candidates.choose(next.get());
      }
    }
    return candidates.refuse();
  }

  private static int after(NodeId last, List<NodeId> ids) {
    int at = Collections.binarySearch(ids, last);
    return at >= 0 ? at + 1 : -(at + 1);
  }

  /** What a peer sent has no turn: that peer chose. */
  @Override
  public void onSent(long nowNanos, Request request, RouteDecision decision) {
    if (request.isEntering()) {
      lastTurns.of(request.model()).set(decision.considered().get(0).node());
    }
  }
}
