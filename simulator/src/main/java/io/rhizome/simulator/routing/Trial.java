// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One scenario for any router: a mesh, what comes in, and from when on it counts.
 *
 * @param setup the mesh
 * @param entryWeights where requests come in, in proportion
 * @param perSecond how many
 * @param repeatable whether they may run twice. What may run only once is never sent twice: so
 *     routers alone are compared
 * @param deadlineNanos after how long clients stop waiting
 * @param warmUpNanos before anything is counted
 * @param countedNanos for how long it is
 */
public record Trial(
    Setup setup,
    List<Double> entryWeights,
    double perSecond,
    boolean repeatable,
    long deadlineNanos,
    long warmUpNanos,
    long countedNanos) {
  private static final long SLACK_NANOS = 1_000_000_000L;
  private static final Request REQUEST = Request.entering("m", 0, 1_000);

  public Trial {
    entryWeights = List.copyOf(entryWeights);
  }

  /** What comes. */
  public Arrivals.Plan plan() {
    return new Arrivals.Plan(
        repeatable ? REQUEST : REQUEST.once(),
        entryWeights,
        now -> perSecond,
        untilNanos(),
        deadlineNanos,
        true);
  }

  /** No request comes at or after that. */
  private long untilNanos() {
    return warmUpNanos + countedNanos;
  }

  /** Those that come while it counts; empty. */
  public Tally tally() {
    return new Tally(warmUpNanos, untilNanos());
  }

  /** What becomes of the requests by that policy. */
  public Tally run(long seed, RoutingMesh.RouterSource policy) {
    return run(seed, seed, policy, new Watch() {});
  }

  /**
   * The same, with more to draw by and to see.
   *
   * @param demandSeed of the requests
   * @param meshSeed of all else
   * @param beside sees all that happens too
   */
  public Tally run(long demandSeed, long meshSeed, RoutingMesh.RouterSource policy, Watch beside) {
    Tally tally = tally();
    Watch both = new Both(tally, beside);
    RoutingMesh mesh = new RoutingMesh(meshSeed, setup, new Held(setup), policy, both);
    Arrivals arrivals = new Arrivals(mesh, plan(), demandSeed);
    mesh.queue().runUntil(untilNanos() + deadlineNanos + SLACK_NANOS);
    if (tally.ends() != arrivals.count()) {
      throw new IllegalStateException(
          "%s, seed %d: %d came, %d ended"
              .formatted(policy, demandSeed, arrivals.count(), tally.ends()));
    }
    return tally;
  }

  private record Both(Watch first, Watch second) implements Watch {
    @Override
    public void onPayload(int node, Request request, Call call) {
      first.onPayload(node, request, call);
      second.onPayload(node, request, call);
    }

    @Override
    public void onRun(int node, Request request, Call call) {
      first.onRun(node, request, call);
      second.onRun(node, request, call);
    }

    @Override
    public void onLoad(int node) {
      first.onLoad(node);
      second.onLoad(node);
    }

    @Override
    public void onEnded(long nowNanos, Call call, Failure.@Nullable Kind failure) {
      first.onEnded(nowNanos, call, failure);
      second.onEnded(nowNanos, call, failure);
    }
  }
}
