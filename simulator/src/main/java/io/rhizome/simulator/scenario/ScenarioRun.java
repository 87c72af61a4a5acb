// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import io.rhizome.simulator.invariant.Convergence;
import io.rhizome.simulator.invariant.InvariantChecker;
import io.rhizome.simulator.invariant.InvariantViolation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One scenario with one seed. */
public final class ScenarioRun {
  private static final Duration POLL = Duration.ofMillis(250);

  private final Scenario scenario;
  private final InvariantViolation.Origin origin;
  private final Simulation mesh;
  private final Recorder recorder;

  /**
   * What came of it.
   *
   * @param seed of the run
   * @param failure what broke and how to see it again; null where all held
   * @param converged how long after the end of all faults the mesh had come together; null where
   *     that was not asked for, or did not happen
   * @param falseDeaths events in which a running node declared a running one dead
   * @param packets sent
   * @param hash over all events and packets: equal runs have equal ones
   * @param rows second by second
   */
  public record Outcome(
      long seed,
      @Nullable String failure,
      @Nullable Duration converged,
      int falseDeaths,
      long packets,
      long hash,
      List<Row> rows) {
    public Outcome {
      rows = List.copyOf(rows);
    }
  }

  private ScenarioRun(Scenario scenario, InvariantViolation.Origin origin, Consumer<Row> listener) {
    this.scenario = scenario;
    this.origin = origin;
    this.mesh = new Simulation(origin.seed(), scenario.gossip());
    this.mesh.withoutTrace();
    this.recorder = new Recorder(mesh, listener);
  }

  /**
   * Runs it.
   *
   * @param scenario what happens
   * @param origin with the seed
   * @param listener told of each virtual second
   */
  public static Outcome of(
      Scenario scenario, InvariantViolation.Origin origin, Consumer<Row> listener) {
    return new ScenarioRun(scenario, origin, listener).run();
  }

  private Outcome run() {
    String failure = null;
    Duration converged = null;
    try {
      converged = play();
    } catch (InvariantViolation e) {
      failure = e.getMessage();
    }
    return new Outcome(
        origin.seed(),
        failure,
        converged,
        recorder.falseDeaths(),
        mesh.packets(),
        recorder.hash(),
        recorder.rows());
  }

  private @Nullable Duration play() {
    if (scenario.sealed()) {
      mesh.sealed();
    }
    Cast cast = new Cast(mesh, scenario);
    Timeline timeline = new Timeline(mesh, scenario, cast, origin);
    timeline.prepare();
    InvariantChecker.watch(mesh, InvariantChecker.membership(), origin);
    timeline.begin();
    cast.startAll();
    mesh.run(scenario.duration());
    Integer bound = scenario.expect().falseDeaths();
    if (bound != null && recorder.falseDeaths() > bound) {
      throw violation(
          "%d false deaths, expected at most %d".formatted(recorder.falseDeaths(), bound));
    }
    return scenario.mode() == Scenario.Mode.LIVENESS ? converge() : null;
  }

  private Duration converge() {
    mesh.network().recover();
    for (SimNode node : mesh.running()) {
      node.serviceTime(0);
    }
    long begun = mesh.nowNanos();
    long limit = begun + scenario.convergeWithin().toNanos();
    Optional<String> wrong = Convergence.disagreement(mesh);
    while (wrong.isPresent() && mesh.nowNanos() < limit) {
      mesh.run(POLL);
      wrong = Convergence.disagreement(mesh);
    }
    if (wrong.isPresent()) {
      throw violation(
          "%s, %d s after all faults had ended"
              .formatted(wrong.get(), scenario.convergeWithin().toSeconds()));
    }
    return Duration.ofNanos(mesh.nowNanos() - begun);
  }

  private InvariantViolation violation(String what) {
    return new InvariantViolation(what, mesh.nowNanos(), origin);
  }
}
