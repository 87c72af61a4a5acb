// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.node.config.ConfigException;
import io.rhizome.node.text.Durations;
import java.time.Duration;

/** What {@code --expires} says. */
final class Expiry {
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Expiry() {}

  /** From now on, for how long. */
  static Duration after(String text) {
    return Durations.parse(text)
        .filter(duration -> duration.compareTo(LONGEST) <= 0)
        .orElseThrow(
            () -> new ConfigException("--expires must be such as 12h or 30d, not '" + text + "'"));
  }
}
