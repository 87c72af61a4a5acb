// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import io.rhizome.store.Step;
import java.util.List;

/** Reads one step's arguments; complaints are {@link IllegalArgumentException}, name the step. */
final class Arguments {
  private final String where;
  private final Step step;
  private final String usage;

  /**
   * The arguments of a step.
   *
   * @param list {@code preprocess} or {@code postprocess}
   * @param index its place there, from 0
   * @param usage how it is written, as in {@code resize(HEIGHT,WIDTH)}
   */
  Arguments(String list, int index, Step step, String usage) {
    this.where = list + "[" + index + "] " + step.op();
    this.step = step;
    this.usage = usage;
  }

  void requireCount(int count) {
    if (step.arguments().size() != count) {
      throw wrong("arguments", count + " of them", String.valueOf(step.arguments().size()));
    }
  }

  int whole(int index, String field, int least, int most) {
    String text = text(index, field);
    String range = "a whole number from " + least + " to " + most;
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong(field, range, text, e);
    }
    throw wrong(field, range, text);
  }

  /** A decimal, or a fraction such as {@code 1/255}; finite. */
  double number(int index, String field) {
    String text = text(index, field);
    int slash = text.indexOf('/');
    double value;
    try {
      value =
          slash < 0
              ? Double.parseDouble(text)
              : Double.parseDouble(text.substring(0, slash))
                  / Double.parseDouble(text.substring(slash + 1));
    } catch (NumberFormatException e) {
      throw wrong(field, "a number, or a fraction as in 1/255", text, e);
    }
    if (!Double.isFinite(value)) {
      throw wrong(field, "a finite number", text);
    }
    return value;
  }

  String oneOf(int index, String field, List<String> known) {
    String text = text(index, field);
    if (!known.contains(text)) {
      throw wrong(field, "one of " + known, text);
    }
    return text;
  }

  private String text(int index, String field) {
    if (index >= step.arguments().size()) {
      throw wrong(field, "to be there", "nothing");
    }
    return step.arguments().get(index);
  }

  /** The complaint that a field is not what it must be. */
  IllegalArgumentException wrong(String field, String expected, String got) {
    return new IllegalArgumentException(message(field, expected, got));
  }

  private IllegalArgumentException wrong(
      String field, String expected, String got, Exception cause) {
    return new IllegalArgumentException(message(field, expected, got), cause);
  }

  private String message(String field, String expected, String got) {
    return "%s: %s: expected %s, got %s; it is written %s"
        .formatted(where, field, expected, got, usage);
  }
}
