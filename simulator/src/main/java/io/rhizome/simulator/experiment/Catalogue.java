// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.simulator.experiment.plain.PlainConfig;
import java.util.List;

/** The experiments by name, all with the one configuration that is published. */
public final class Catalogue {
  /** The names, those that take longest first. */
  public static final List<String> NAMES =
      List.of(
          "hour",
          "day",
          "starved",
          "rapid",
          "churn",
          "join",
          "links",
          "partition",
          "restart",
          "vivaldi",
          "speed");

  private Catalogue() {}

  /**
   * An experiment that was not run yet.
   *
   * @param name one of {@link #NAMES}, else {@link IllegalArgumentException}
   * @param quick for a glance: fewer cells, hours and crashes
   * @param meter the machine, for those that measure it
   */
  public static Experiment experiment(String name, boolean quick, Meter meter) {
    GossipConfig config = GossipConfig.defaults();
    return switch (name) {
      case "starved" ->
          new StarvedExperiment(
              config,
              PlainConfig.baseline(),
              quick ? StarvedExperiment.Plan.quick() : StarvedExperiment.Plan.full());
      case "hour" ->
          new HourExperiment(
              config, quick ? HourExperiment.Plan.quick() : HourExperiment.Plan.full());
      case "churn" ->
          new ChurnExperiment(
              config, quick ? ChurnExperiment.Plan.quick() : ChurnExperiment.Plan.full());
      case "rapid" ->
          new RapidExperiment(
              config, quick ? RapidExperiment.Plan.quick() : RapidExperiment.Plan.full());
      case "join" -> new JoinExperiment(config, JoinExperiment.Plan.full());
      case "day" ->
          new DayExperiment(
              config, quick ? DayExperiment.Plan.quick() : DayExperiment.Plan.full(), meter);
      case "partition" -> new PartitionExperiment(config, PartitionExperiment.Plan.full());
      case "links" ->
          new LinksExperiment(
              config, quick ? LinksExperiment.Plan.quick() : LinksExperiment.Plan.full());
      case "restart" -> new RestartExperiment(config, RestartExperiment.Plan.full());
      case "vivaldi" -> new VivaldiExperiment(VivaldiExperiment.Plan.full());
      case "speed" ->
          new SpeedExperiment(
              config, quick ? SpeedExperiment.Plan.quick() : SpeedExperiment.Plan.full(), meter);
      default ->
          throw new IllegalArgumentException(
              "no experiment '" + name + "', one of " + String.join(", ", NAMES));
    };
  }
}
