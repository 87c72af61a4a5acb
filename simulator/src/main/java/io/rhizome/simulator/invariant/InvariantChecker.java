// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.invariant;

import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Holds a simulation to its invariants: after every event in part, every virtual second in full.
 * What breaks ends the run with an {@link InvariantViolation}, thrown by {@link Simulation#run}.
 */
public final class InvariantChecker {
  private static final Duration FULL_CHECK = Duration.ofSeconds(1);

  private final Simulation mesh;
  private final List<Invariant> invariants;
  private final InvariantViolation.Origin origin;

  private InvariantChecker(
      Simulation mesh, List<Invariant> invariants, InvariantViolation.Origin origin) {
    this.mesh = mesh;
    this.invariants = List.copyOf(invariants);
    this.origin = origin;
  }

  /** Watches a simulation from now on. */
  public static void watch(
      Simulation mesh, List<Invariant> invariants, InvariantViolation.Origin origin) {
    InvariantChecker checker = new InvariantChecker(mesh, invariants, origin);
    mesh.onEvent(checker::onEvent);
    mesh.after(FULL_CHECK, checker::checkAll);
  }

  /** What every membership keeps, whatever goes wrong. */
  public static List<Invariant> membership() {
    return List.of(new IncarnationsGrow(), new NoGhosts());
  }

  private void onEvent(SimNode observer, SwimEvent event) {
    for (Invariant invariant : invariants) {
      demand(invariant.onEvent(mesh, observer, event));
    }
  }

  private void checkAll() {
    for (Invariant invariant : invariants) {
      demand(invariant.check(mesh));
    }
    mesh.after(FULL_CHECK, this::checkAll);
  }

  private void demand(Optional<String> broken) {
    if (broken.isPresent()) {
      throw new InvariantViolation(broken.get(), mesh.nowNanos(), origin);
    }
  }
}
