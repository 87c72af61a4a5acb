// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.util.Locale;
import java.util.Optional;

/**
 * Where and when a job's items run, as its client wants it. Immutable. What policy says of the
 * model holds besides.
 *
 * @param objective which of the sites that may run it does
 * @param window the hours of the day in which items begin to run; empty for all
 * @param mains whether items begin to run only at nodes that are on mains power
 */
public record Placement(Objective objective, Optional<Window> window, boolean mains) {
  /** At this site first, at any hour, on any power. */
  public static final Placement ANY = new Placement(Objective.LATENCY, Optional.empty(), false);

  /** What is to be kept low. */
  public enum Objective {
    /**
     * The time that the job takes: the site where it was submitted, and what others can take over.
     */
    LATENCY(0),
    /** The price of the links that items cross. */
    COST(1),
    /** What runs weigh for their energy. */
    ENERGY(2);

    private final int code;

    Objective(int code) {
      this.code = code;
    }

    /** As it is stored. */
    int code() {
      return code;
    }

    static Objective of(int code) {
      for (Objective objective : values()) {
        if (objective.code == code) {
          return objective;
        }
      }
      throw new IllegalArgumentException("no objective of a job has the code " + code);
    }

    /** As clients write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The one that is written so; the default for nothing. */
    public static Objective parse(String word) {
      for (Objective objective : values()) {
        if (objective.word().equals(word)) {
          return objective;
        }
      }
      if (word.isEmpty()) {
        return LATENCY;
      }
      throw new IllegalArgumentException("objective: latency, cost or energy, not '" + word + "'");
    }
  }
}
