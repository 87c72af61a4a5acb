// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.time.Duration;

/**
 * How much of it.
 *
 * @param quick whether for a glance, not for a table
 * @param seed of whatever is random
 */
public record Scale(boolean quick, long seed) {
  /** The first in full, the second for a glance. */
  public int of(int full, int ifQuick) {
    return quick ? ifQuick : full;
  }

  /** The same in seconds. */
  public Duration seconds(int full, int ifQuick) {
    return Duration.ofSeconds(of(full, ifQuick));
  }
}
