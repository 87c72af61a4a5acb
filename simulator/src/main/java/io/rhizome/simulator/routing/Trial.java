// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Request;
import java.util.List;

/**
 * One scenario for any router: a mesh, what comes in, and from when on it counts.
 *
 * @param setup the mesh
 * @param entryWeights where requests come in, in proportion
 * @param perSecond how many
 * @param deadlineNanos after how long clients stop waiting
 * @param warmUpNanos before anything is counted
 * @param countedNanos for how long it is
 */
record Trial(
    Setup setup,
    List<Double> entryWeights,
    double perSecond,
    long deadlineNanos,
    long warmUpNanos,
    long countedNanos) {
  Trial {
    entryWeights = List.copyOf(entryWeights);
  }

  /** What may run only once is never sent twice: so routers alone are compared. */
  private static final Request ONCE = Request.entering("m", 0, 1_000).once();

  /** What becomes of the requests by that policy. */
  Tally run(long seed, RoutingMesh.RouterSource policy) {
    long until = warmUpNanos + countedNanos;
    Tally tally = new Tally(warmUpNanos, until);
    RoutingMesh mesh = new RoutingMesh(seed, setup, new Held(setup), policy, tally);
    Arrivals.Plan plan =
        new Arrivals.Plan(ONCE, entryWeights, now -> perSecond, until, deadlineNanos, true);
    Arrivals arrivals = new Arrivals(mesh, plan, seed);
    mesh.queue().runUntil(until + deadlineNanos + 1_000_000_000L);
    if (tally.ends() != arrivals.count()) {
      throw new IllegalStateException(
          policy
              + ", seed "
              + seed
              + ": "
              + arrivals.count()
              + " came, "
              + tally.ends()
              + " ended");
    }
    return tally;
  }
}
