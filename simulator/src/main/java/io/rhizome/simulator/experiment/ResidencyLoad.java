// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Residency;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.time.Duration;
import java.util.List;

/** Every node that runs changes what it holds once a period, one after another, evenly spread. */
final class ResidencyLoad {
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final String MANIFEST = "5e".repeat(32);

  private final Population population;
  private long version = 1;
  private int last = -1;
  private boolean ended;

  private ResidencyLoad(Population population) {
    this.population = population;
  }

  /** From now on. */
  static ResidencyLoad begin(Population population) {
    ResidencyLoad load = new ResidencyLoad(population);
    Duration between = PERIOD.dividedBy(population.running().length);
    population.every(between, between, load::next);
    return load;
  }

  /** Nothing changes any more. */
  void end() {
    ended = true;
  }

  private void next() {
    if (ended) {
      return;
    }
    last = population.runningAfter(last);
    SimNode node = population.node(last);
    Residency held = new Residency("model", version++, MANIFEST, Residency.State.READY);
    NodeState plain = Simulation.stateOf(node.host());
    node.publish(
        new NodeState(plain.mesh(), plain.api(), plain.cell(), plain.labels(), List.of(held)));
  }
}
