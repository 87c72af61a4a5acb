// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteRules;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Watches that no request gets where policy forbids it, turns in circles, or ends late or twice.
 */
final class Wardens implements Watch {
  private final WildWorld world;
  private final BitSet ended = new BitSet();
  private long forbidden;
  private long loops;
  private long late;
  private long twice;
  private long answered;
  private long relayed;
  private long hash = 7;

  Wardens(WildWorld world) {
    this.world = world;
  }

  @Override
  public void onPayload(int node, Request request, Call call) {
    RouteRules rules = world.rules(request);
    if (rules.objectionToPass(world.place(node)) != null) {
      forbidden++;
    }
    NodeId here = RoutingMesh.id(node);
    if (request.path().visited().contains(here) || request.path().hopLimit() < 0) {
      loops++;
    }
    relayed += request.path().target() == null ? 0 : 1;
  }

  @Override
  public void onRun(int node, Request request, Call call) {
    if (world.rules(request).objectionToRun(world.place(node)) != null) {
      forbidden++;
    }
  }

  @Override
  public void onEnded(long nowNanos, Call call, Failure.@Nullable Kind failure) {
    int number = (int) call.number();
    twice += ended.get(number) ? 1 : 0;
    ended.set(number);
    late += nowNanos > call.deadlineNanos() ? 1 : 0;
    answered += failure == null ? 1 : 0;
    hash = (hash ^ nowNanos) * 0x100000001b3L + call.number();
  }

  /** Times that bytes came to, or ran at, a node where they must not be. */
  long forbidden() {
    return forbidden;
  }

  /** Times that a request came where it had been, or farther than it may. */
  long loops() {
    return loops;
  }

  /** Requests that ended after their deadline, or not at all, of that many. */
  long late(long all) {
    return late + all - ended.cardinality();
  }

  long twice() {
    return twice;
  }

  long answered() {
    return answered;
  }

  /** Times that bytes were handed to a relay. */
  long relayed() {
    return relayed;
  }

  long hash() {
    return hash;
  }
}
