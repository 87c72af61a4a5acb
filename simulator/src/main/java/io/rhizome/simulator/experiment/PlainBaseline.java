// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.GossipConfig;
import io.rhizome.gossip.Member.Status;
import io.rhizome.simulator.Simulation;
import io.rhizome.simulator.Topology;
import io.rhizome.simulator.experiment.plain.PlainConfig;
import io.rhizome.simulator.experiment.plain.PlainMesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What plain SWIM makes of what {@link StarvedExperiment} does to a mesh. */
final class PlainBaseline {
  /** Members know each other from the start; probes find their phases. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  private final PlainConfig config;
  private final int members;

  PlainBaseline(PlainConfig config, int members) {
    this.config = config;
    this.members = members;
  }

  /**
   * Stalls those members at once, lets all run for the pause, and so on.
   *
   * @return how often one that was never stalled declared another such dead
   */
  long falseDeaths(long seed, List<Integer> stalled, StarvedExperiment.Cell cell, int rounds) {
    long[] count = new long[1];
    Simulation simulation = simulation(seed);
    PlainMesh mesh =
        new PlainMesh(
            simulation,
            members,
            config,
            (observer, subject, status, now) -> {
              if (status == Status.DEAD
                  && !stalled.contains(observer)
                  && !stalled.contains(subject)) {
                count[0]++;
              }
            });
    simulation.run(SETTLING);
    for (int round = 0; round < rounds; round++) {
      for (int member : stalled) {
        mesh.stall(member, cell.starvedFor());
      }
      simulation.run(cell.starvedFor().plus(cell.pause()));
    }
    return count[0];
  }

  /**
   * Crashes one member; after how many seconds each that did so declared it dead, in that order.
   */
  List<Double> deadSeconds(long seed, int crashed, Duration down) {
    List<Double> seconds = new ArrayList<>();
    Simulation simulation = simulation(seed);
    long crashNanos = simulation.nowNanos() + SETTLING.toNanos();
    PlainMesh mesh =
        new PlainMesh(
            simulation,
            members,
            config,
            (observer, subject, status, now) -> {
              if (status == Status.DEAD && subject == crashed) {
                seconds.add((now - crashNanos) / 1e9);
              }
            });
    simulation.run(SETTLING);
    mesh.crash(crashed);
    simulation.run(down);
    return seconds;
  }

  private static Simulation simulation(long seed) {
    Simulation simulation = new Simulation(seed, GossipConfig.defaults());
    simulation.network().topology(Topology.lan(seed));
    return simulation;
  }
}
