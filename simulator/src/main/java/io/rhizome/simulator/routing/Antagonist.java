// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.SplittableRandom;

/**
 * Others' work on a node's machine: takes a random share of it, another after exponential times.
 *
 * @param minShare the least that it takes
 * @param maxShare the most, below 1
 * @param meanNanos for how long on average; 0 for no antagonist
 */
public record Antagonist(double minShare, double maxShare, long meanNanos) {
  /** Nobody. */
  public static final Antagonist NONE = new Antagonist(0, 0, 0);

  /** What it leaves on average. */
  public double meanLeft() {
    return 1 - (minShare + maxShare) / 2;
  }

  double drawLeft(SplittableRandom random) {
    return 1 - (minShare + (maxShare - minShare) * random.nextDouble());
  }

  long drawNanos(SplittableRandom random) {
    return Math.round(meanNanos * Streams.exponential(random));
  }
}
