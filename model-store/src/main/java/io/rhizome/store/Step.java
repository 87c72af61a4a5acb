// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One declared step before or after a model, as in {@code resize(8,8)}. What the steps are, and
 * what they take, is the executor's to know; it checks them when it loads the model.
 *
 * @param op its name: lower-case letters, at most 32
 * @param arguments at most 4,096, each of 1 to 256 characters, none of them a control character
 */
public record Step(String op, List<String> arguments) {
  private static final int MAX_ARGUMENTS = 4_096;
  private static final int MAX_ARGUMENT_CHARS = 256;
  private static final Pattern OP = Pattern.compile("[a-z]{1,32}");
  private static final Pattern NEXT = Pattern.compile("\\s*([a-z]+)(?:\\(([^()]*)\\))?(?=\\s|$)");

  public Step {
    if (!OP.matcher(op).matches()) {
      throw new IllegalArgumentException(
          "a step's name has 1 to 32 lower-case letters: '" + op + "'");
    }
    arguments = List.copyOf(arguments);
    if (arguments.size() > MAX_ARGUMENTS) {
      throw new IllegalArgumentException(
          "step '%s' has %d arguments, at most %d are taken"
              .formatted(op, arguments.size(), MAX_ARGUMENTS));
    }
    for (String argument : arguments) {
      if (argument.isBlank()
          || argument.length() > MAX_ARGUMENT_CHARS
          || argument.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "step '%s': an argument has 1 to %d characters, no control characters"
                .formatted(op, MAX_ARGUMENT_CHARS));
      }
    }
  }

  /**
   * Reads steps as people write them, separated by white space: {@code decode(gray) resize(8,8)}.
   * {@link IllegalArgumentException} says what is wrong.
   */
  public static List<Step> parseAll(String text) {
    String steps = text.strip();
    List<Step> parsed = new ArrayList<>();
    Matcher next = NEXT.matcher(steps);
    int at = 0;
    while (at < steps.length()) {
      if (!next.find(at) || next.start() != at) {
        throw new IllegalArgumentException(
            "expected steps such as 'decode(gray) resize(8,8)', got '"
                + steps.substring(at).strip()
                + "'");
      }
      parsed.add(new Step(next.group(1), arguments(next.group(2))));
      at = next.end();
    }
    return parsed;
  }

  private static List<String> arguments(String inBrackets) {
    return inBrackets == null
        ? List.of()
        : List.of(inBrackets.split(",", -1)).stream().map(String::strip).toList();
  }

  @Override
  public String toString() {
    return arguments.isEmpty() ? op : op + "(" + String.join(",", arguments) + ")";
  }
}
