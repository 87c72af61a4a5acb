// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import java.time.Duration;

/**
 * How much of it.
 *
 * @param quick whether for a glance, not for a table
 * @param seed of whatever is random
 */
record Scale(boolean quick, long seed) {
  int of(int full, int ifQuick) {
    return quick ? ifQuick : full;
  }

  Duration seconds(int full, int ifQuick) {
    return Duration.ofSeconds(of(full, ifQuick));
  }
}
