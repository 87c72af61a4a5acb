// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

/**
 * A share, written {@code 30%} or {@code 0.3}.
 *
 * @param value 0 to 1
 */
public record Share(double value) {
  public Share {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "a share is 0 to 1, not " + value + "; write 30% or 0.3 for three in ten");
    }
  }

  static Share parse(String text) {
    try {
      return text.endsWith("%")
          ? new Share(Double.parseDouble(text.substring(0, text.length() - 1)) / 100)
          : new Share(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no share; write 30% or 0.3 for three in ten", e);
    }
  }
}
