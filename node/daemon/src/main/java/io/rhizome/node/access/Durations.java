// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.access;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as resources have them: {@code 250ms}, {@code 10s}, {@code 5m}, {@code 24h}. */
final class Durations {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m|h)");

  private Durations() {}

  /** In nanoseconds; {@link IllegalArgumentException} for what is none. */
  static long nanos(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no duration such as 10s");
    }
    TimeUnit unit =
        switch (form.group(2)) {
          case "ms" -> TimeUnit.MILLISECONDS;
          case "s" -> TimeUnit.SECONDS;
          case "m" -> TimeUnit.MINUTES;
          default -> TimeUnit.HOURS;
        };
    return unit.toNanos(Long.parseLong(form.group(1)));
  }
}
