// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import io.rhizome.gossip.NodeState;
import io.rhizome.gossip.Residency;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/**
 * Every node that runs changes what it holds once a period, one after another, evenly spread: it
 * loads the model, or unloads it. Each change is one record.
 */
final class ResidencyLoad {
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Residency MODEL =
      new Residency("model", 1, "5e".repeat(32), Residency.State.READY);

  private final Population population;
  private final BitSet loaded = new BitSet();
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
    NodeState plain = Simulation.stateOf(node.host());
    List<Residency> models = loaded.get(last) ? List.of() : List.of(MODEL);
    loaded.flip(last);
    node.publish(new NodeState(plain.mesh(), plain.api(), plain.cell(), plain.labels(), models));
  }
}
