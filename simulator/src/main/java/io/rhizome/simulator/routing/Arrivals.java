// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Request;
import java.util.List;

/** Brings a {@link Demand} into a mesh. */
public final class Arrivals {
  private final RoutingMesh mesh;
  private final Plan plan;
  private final Demand demand;
  private long count;

  /**
   * What comes.
   *
   * @param request what is asked, by each
   * @param entryWeights how many come in at each node, in proportion
   * @param perSecond how many at that moment
   * @param untilNanos when they stop coming
   * @param deadlineNanos after how long clients stop waiting; {@link Long#MAX_VALUE} for never
   * @param exponential whether run times are; else all are the mean
   */
  public record Plan(
      Request request,
      List<Double> entryWeights,
      Rate perSecond,
      long untilNanos,
      long deadlineNanos,
      boolean exponential) {
    public Plan {
      entryWeights = List.copyOf(entryWeights);
    }
  }

  /** How many come. */
  public interface Rate {
    /** A second at that moment; above 0. */
    double at(long nowNanos);
  }

  /** Those of that plan into that mesh, from now on. */
  public Arrivals(RoutingMesh mesh, Plan plan, long seed) {
    this.mesh = mesh;
    this.plan = plan;
    this.demand = new Demand(seed, plan, mesh.setup().serviceNanos(), mesh.nowNanos());
    plan();
  }

  private void plan() {
    Demand.Item next = demand.next();
    if (next != null) {
      mesh.queue().at(next.atNanos(), () -> enter(next));
    }
  }

  private void enter(Demand.Item item) {
    long now = mesh.nowNanos();
    Call call =
        new Call(item.number(), item.entry(), plan.request(), now, deadline(now), item.workNanos());
    count++;
    plan();
    mesh.enter(call);
  }

  private long deadline(long now) {
    long nanos = plan.deadlineNanos();
    return nanos == Long.MAX_VALUE ? nanos : now + nanos;
  }

  /** How many came so far. */
  public long count() {
    return count;
  }
}
