// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import io.rhizome.scheduler.Router;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one router: each is asked for with its range, and those that nobody asked for
 * are refused. Errors are {@link IllegalArgumentException}s that name the parameter.
 */
final class Parameters {
  private final String router;
  private final SortedMap<String, String> given;
  private final SortedSet<String> known = new TreeSet<>();

  private Parameters(String router, SortedMap<String, String> given) {
    this.router = router;
    this.given = given;
  }

  /** The router that comes of these parameters. */
  static Router read(
      String router, SortedMap<String, String> given, Function<Parameters, Router> make) {
    Parameters parameters = new Parameters(router, given);
    Router made = make.apply(parameters);
    parameters.requireAllKnown();
    return made;
  }

  /** A whole number of that range, or {@code absent}. */
  int whole(String name, int absent, int min, int max) {
    String text = text(name);
    if (text == null) {
      return absent;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong(name, text, "a whole number from " + min + " to " + max, e);
    }
    throw wrong(name, text, "a whole number from " + min + " to " + max, null);
  }

  /** A number of that range, or {@code absent}. */
  double number(String name, double absent, double min, double max) {
    String text = text(name);
    if (text == null) {
      return absent;
    }
    try {
      double value = Double.parseDouble(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong(name, text, "a number from " + min + " to " + max, e);
    }
    throw wrong(name, text, "a number from " + min + " to " + max, null);
  }

  private void requireAllKnown() {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "router '" + router + "' has no parameter '" + name + "'; it has " + known);
      }
    }
  }

  private @Nullable String text(String name) {
    known.add(name);
    return given.get(name);
  }

  private IllegalArgumentException wrong(
      String name, String text, String wanted, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "router '" + router + "': " + name + " must be " + wanted + ", not '" + text + "'", cause);
  }
}
