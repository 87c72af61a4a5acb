// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Request;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Clients that know nothing of each other: requests come at random moments, at random entries, and
 * take an exponential or always the same time to run. All of it is drawn in one order whatever
 * becomes of the requests, so that routers that are compared meet the same.
 */
public final class Arrivals {
  private final RoutingMesh mesh;
  private final Plan plan;
  private final SplittableRandom gaps;
  private final SplittableRandom entries;
  private final SplittableRandom works;
  private final double[] cumulative;
  private long count;
  private double next;

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
    Streams streams = new Streams(seed);
    this.mesh = mesh;
    this.plan = plan;
    this.gaps = streams.of("arrivals", 0);
    this.entries = streams.of("entries", 0);
    this.works = streams.of("work", 0);
    this.cumulative = plan.entryWeights().stream().mapToDouble(weight -> weight).toArray();
    for (int i = 1; i < cumulative.length; i++) {
      cumulative[i] += cumulative[i - 1];
    }
    this.next = mesh.nowNanos();
    plan();
  }

  private void plan() {
    next += Streams.exponential(gaps) * 1e9 / plan.perSecond().at(Math.round(next));
    if (next < plan.untilNanos()) {
      mesh.queue().at(Math.round(next), this::enter);
    }
  }

  private void enter() {
    long now = mesh.nowNanos();
    double work =
        mesh.setup().serviceNanos() * (plan.exponential() ? Streams.exponential(works) : 1);
    Call call = new Call(count++, drawEntry(), plan.request(), now, deadline(now), work);
    plan();
    mesh.enter(call);
  }

  private long deadline(long now) {
    long nanos = plan.deadlineNanos();
    return nanos == Long.MAX_VALUE ? nanos : now + nanos;
  }

  private int drawEntry() {
    double drawn = entries.nextDouble() * cumulative[cumulative.length - 1];
    int low = 0;
    int high = cumulative.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] > drawn) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** How many came so far. */
  public long count() {
    return count;
  }
}
