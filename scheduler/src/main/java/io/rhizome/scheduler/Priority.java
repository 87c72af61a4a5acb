// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import java.util.Locale;
import java.util.Optional;

/** How urgent a request is, most urgent first: when there is no room, the last go first. */
public enum Priority {
  /** Somebody waits for it. */
  INTERACTIVE(0),
  /** The default. */
  STANDARD(1),
  /** Nobody waits: it may run whenever there is room. */
  BATCH(2);

  private final int level;

  Priority(int level) {
    this.level = level;
  }

  /** The number that nodes use: 0 for the most urgent. */
  public int level() {
    return level;
  }

  /** The class of that number; a number that only newer nodes know is the least urgent. */
  public static Priority ofLevel(int level) {
    for (Priority priority : values()) {
      if (priority.level == level) {
        return priority;
      }
    }
    return BATCH;
  }

  /** The name that headers and configuration use, such as {@code batch}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@link #text()}; empty for anything else. */
  public static Optional<Priority> parse(String text) {
    for (Priority priority : values()) {
      if (priority.text().equals(text)) {
        return Optional.of(priority);
      }
    }
    return Optional.empty();
  }
}
