// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

/**
 * A part or a multiple of something, written {@code 150%} or {@code 1.5}.
 *
 * @param value above 0, at most 10
 */
public record Multiple(double value) {
  private static final double MAX = 10;

  public Multiple {
    if (!(value > 0 && value <= MAX)) {
      throw new IllegalArgumentException(
          "expected more than 0%% and at most 1000%%, not %s; write 90%% or 0.9 for nine in ten"
              .formatted(value));
    }
  }

  static Multiple parse(String text) {
    try {
      return text.endsWith("%")
          ? new Multiple(Double.parseDouble(text.substring(0, text.length() - 1)) / 100)
          : new Multiple(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no part of anything; write 90% or 0.9 for nine in ten", e);
    }
  }
}
