// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.config;

import java.util.Locale;

/**
 * One value as it was written somewhere.
 *
 * @param text its text; entries of a list joined by commas
 * @param where the start of a complaint about it, such as {@code rhizome.yaml:7: }
 * @param list whether it was written as a YAML list
 * @param origin what kind of place that was
 */
record Setting(String text, String where, boolean list, Origin origin) {
  /** Where values come from; later ones win. */
  enum Origin {
    DEFAULT,
    FILE,
    ENVIRONMENT,
    FLAG;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Setting fromFile(String text, String where, boolean list) {
    return new Setting(text, where, list, Origin.FILE);
  }

  static Setting fromEnvironment(String variable, String text) {
    return new Setting(text, variable + ": ", false, Origin.ENVIRONMENT);
  }

  static Setting fromFlag(String key, String text) {
    return new Setting(text, "--set " + key + "=" + text + ": ", false, Origin.FLAG);
  }

  static Setting absent(String text) {
    return new Setting(text, "", false, Origin.DEFAULT);
  }

  /** The place itself, such as {@code rhizome.yaml:7}; empty for a default. */
  String place() {
    return where.isEmpty() ? "" : where.substring(0, where.length() - 2);
  }
}
