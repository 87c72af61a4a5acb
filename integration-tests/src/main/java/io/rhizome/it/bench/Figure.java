// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Table;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One figure of a benchmark's closing line.
 *
 * @param name of it, its unit last
 * @param value as measured; 1 or 0 for what is true or false
 * @param atMost the most it may be; null where no such bar is set
 * @param atLeast the least it may be; null where no such bar is set
 * @param form how it is written
 */
public record Figure(
    String name, double value, @Nullable Double atMost, @Nullable Double atLeast, Form form) {
  /** How a figure is written. */
  public enum Form {
    /** With three decimals below ten, one above. */
    MEASURE,
    /** A whole number. */
    COUNT,
    /** {@code true} or {@code false}. */
    TRUTH
  }

  /** A figure that is reported, not required. */
  public static Figure reported(String name, double value) {
    return new Figure(name, value, null, null, Form.MEASURE);
  }

  /** A figure that must not exceed a bar. */
  public static Figure required(String name, double value, double atMost) {
    return new Figure(name, value, atMost, null, Form.MEASURE);
  }

  /** A figure that must not fall short of a bar. */
  public static Figure requiredAtLeast(String name, double value, double atLeast) {
    return new Figure(name, value, null, atLeast, Form.MEASURE);
  }

  /** A number of things, which is reported. */
  public static Figure counted(String name, long value) {
    return new Figure(name, value, null, null, Form.COUNT);
  }

  /** Things of which there must be none; how many there are may not be known. */
  public static Figure none(String name, double value) {
    return new Figure(name, value, 0.0, null, Double.isNaN(value) ? Form.MEASURE : Form.COUNT);
  }

  /** A table of them. */
  public static Table table(List<Figure> closing, List<Figure> further) {
    Table table = new Table("figure", "measured", "required");
    for (Figure figure : Stream.concat(closing.stream(), further.stream()).toList()) {
      table.row(figure.name(), figure.text(), figure.bar());
    }
    return table;
  }

  /** What must be true. */
  public static Figure requiredTrue(String name, boolean value) {
    return new Figure(name, value ? 1 : 0, null, 1.0, Form.TRUTH);
  }

  /** Whether it keeps its bar, if it has one. */
  boolean holds() {
    return (atMost == null || value <= atMost) && (atLeast == null || value >= atLeast);
  }

  /** Its bar in words. */
  public String bar() {
    return bar(form, atMost, atLeast);
  }

  /** A bar in words. */
  static String bar(Form form, @Nullable Double atMost, @Nullable Double atLeast) {
    if (atLeast != null) {
      return form == Form.TRUTH ? text(form, atLeast) : "at least " + text(form, atLeast);
    }
    return atMost == null ? "reported" : "at most " + text(form, atMost);
  }

  /** Its value as it is written. */
  public String text() {
    return text(form, value);
  }

  /** Its value as JSON has it, rounded as it is written. */
  Object json() {
    return switch (form) {
      case MEASURE -> Double.valueOf(text());
      case COUNT -> Long.valueOf(text());
      case TRUTH -> Boolean.valueOf(text());
    };
  }

  private static String text(Form form, double value) {
    return switch (form) {
      case MEASURE -> text(value);
      case COUNT -> String.valueOf((long) value);
      case TRUTH -> String.valueOf(value > 0);
    };
  }

  /** A value with three decimals below ten, one above. */
  public static String text(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
  }
}
