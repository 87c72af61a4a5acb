// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.routing;

import java.time.Duration;
import java.time.LocalTime;

/**
 * A part of every day, UTC, which may go past midnight.
 *
 * @param start its first moment
 * @param length how long it lasts; a day or more is always
 */
record TimeWindow(LocalTime start, Duration length) {
  private static final Duration DAY = Duration.ofDays(1);

  boolean contains(LocalTime now) {
    Duration since = Duration.between(start, now);
    return (since.isNegative() ? since.plus(DAY) : since).compareTo(length) < 0;
  }
}
