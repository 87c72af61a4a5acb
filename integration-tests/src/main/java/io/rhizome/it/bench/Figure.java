// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One figure of a benchmark's closing line.
 *
 * @param name of it, its unit last
 * @param value as measured
 * @param atMost the most it may be; null where no such bar is set
 * @param atLeast the least it may be; null where no such bar is set
 */
record Figure(String name, double value, @Nullable Double atMost, @Nullable Double atLeast) {
  /** A figure that is reported, not required. */
  static Figure reported(String name, double value) {
    return new Figure(name, value, null, null);
  }

  /** A figure that must not exceed a bar. */
  static Figure required(String name, double value, double atMost) {
    return new Figure(name, value, atMost, null);
  }

  /** A figure that must not fall short of a bar. */
  static Figure requiredAtLeast(String name, double value, double atLeast) {
    return new Figure(name, value, null, atLeast);
  }

  /** Whether it keeps its bar, if it has one. */
  boolean holds() {
    return (atMost == null || value <= atMost) && (atLeast == null || value >= atLeast);
  }

  /** Its bar in words. */
  String bar() {
    return bar(atMost, atLeast);
  }

  /** A bar in words. */
  static String bar(@Nullable Double atMost, @Nullable Double atLeast) {
    if (atLeast != null) {
      return "at least " + text(atLeast);
    }
    return atMost == null ? "reported" : "at most " + text(atMost);
  }

  /** Its value with three decimals below ten, one above. */
  String text() {
    return text(value);
  }

  /** A value with three decimals below ten, one above. */
  static String text(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
  }
}
