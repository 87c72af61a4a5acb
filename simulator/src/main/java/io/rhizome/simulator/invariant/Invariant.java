// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.invariant;

import io.rhizome.gossip.SwimEvent;
import io.rhizome.simulator.SimNode;
import io.rhizome.simulator.Simulation;
import java.util.Optional;

/** Something that holds at every moment. One instance per simulation. */
public interface Invariant {
  /**
   * Looks at what a node just noticed, at a cost that does not grow with the mesh.
   *
   * @return what is wrong, if anything
   */
  Optional<String> onEvent(Simulation mesh, SimNode observer, SwimEvent event);

  /**
   * Looks at everything.
   *
   * @return what is wrong, if anything
   */
  Optional<String> check(Simulation mesh);
}
