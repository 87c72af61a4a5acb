// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.simulator.experiment.Experiment;
import java.util.List;

/** The experiments on routing by name; their plans are the scenarios that are published. */
public final class RoutingCatalogue {
  /** The names, those that take longest first. */
  public static final List<String> NAMES =
      List.of("disturbed_90", "disturbed_70", "queueing", "ramp", "regions", "wild");

  private RoutingCatalogue() {}

  /**
   * An experiment that was not run yet.
   *
   * @param name one of {@link #NAMES}, else {@link IllegalArgumentException}
   * @param quick for a glance: fewer seeds and requests
   */
  public static Experiment experiment(String name, boolean quick) {
    return switch (name) {
      case "disturbed_90" -> new DisturbedExperiment(disturbed(90, quick));
      case "disturbed_70" -> new DisturbedExperiment(disturbed(70, quick));
      case "queueing" ->
          new QueueingExperiment(
              quick ? QueueingExperiment.Plan.quick() : QueueingExperiment.Plan.full());
      case "ramp" ->
          new RampExperiment(quick ? RampExperiment.Plan.quick() : RampExperiment.Plan.full());
      case "regions" ->
          new RegionsExperiment(
              quick ? RegionsExperiment.Plan.quick() : RegionsExperiment.Plan.full());
      case "wild" ->
          new WildExperiment(quick ? WildExperiment.Plan.quick() : WildExperiment.Plan.full());
      default ->
          throw new IllegalArgumentException(
              "no experiment '" + name + "', one of " + String.join(", ", NAMES));
    };
  }

  private static DisturbedExperiment.Plan disturbed(int percent, boolean quick) {
    return quick ? DisturbedExperiment.Plan.quick(percent) : DisturbedExperiment.Plan.full(percent);
  }
}
