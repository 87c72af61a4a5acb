// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One stream of randomness for each purpose, all from one seed: what one draws more or less moves
 * no other, so that two routers meet the same requests, the same run times and the same
 * disturbances.
 */
final class Streams {
  private final long seed;

  Streams(long seed) {
    this.seed = seed;
  }

  /** The stream of that purpose and number, from its beginning. */
  SplittableRandom of(String purpose, int number) {
    long hash = seed * 0x9e3779b97f4a7c15L + number;
    for (int i = 0; i < purpose.length(); i++) {
      hash = (hash ^ purpose.charAt(i)) * 0x100000001b3L;
    }
    return new SplittableRandom(hash);
  }

  /** Exponential of mean 1. */
  static double exponential(RandomGenerator random) {
    return -StrictMath.log(1 - random.nextDouble());
  }
}
