// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What a job's {@link Placement} asks of the node that runs it: that its window is open, by this
 * node's clock, and that the node is on mains power where the job wants that. Any thread.
 */
public final class PlacementConditions implements Conditions {
  private final String node;
  private final InstantSource clock;
  private final BooleanSupplier onMains;

  /**
   * Conditions at this node.
   *
   * @param node what people call it
   * @param onMains whether it is on mains power now; quick, from any thread
   */
  public PlacementConditions(String node, InstantSource clock, BooleanSupplier onMains) {
    this.node = node;
    this.clock = clock;
    this.onMains = onMains;
  }

  @Override
  public Optional<String> whyNot(Job job) {
    Placement wanted = job.spec().placement();
    Optional<Window> window = wanted.window();
    if (window.isPresent() && !window.get().contains(clock.instant())) {
      return Optional.of("its window " + window.get() + " is shut");
    }
    if (wanted.mains() && !onMains.getAsBoolean()) {
      return Optional.of("it waits for nodes on mains power; " + node + " is on battery");
    }
    return Optional.empty();
  }
}
