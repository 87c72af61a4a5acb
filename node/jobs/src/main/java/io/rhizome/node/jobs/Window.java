// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hours of each day, such as those of the night. Immutable.
 *
 * @param from when it begins
 * @param to when it ends, on the next day where that is earlier
 * @param zone whose days
 */
public record Window(LocalTime from, LocalTime to, ZoneId zone) {
  private static final Pattern TEXT =
      Pattern.compile("(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)(?: (\\S+))?");

  public Window {
    if (from.equals(to)) {
      throw new IllegalArgumentException("window: it begins and ends at " + from);
    }
  }

  /**
   * Reads what {@link #toString} writes; without a zone it is UTC's.
   *
   * @throws IllegalArgumentException where it is something else
   */
  public static Window parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "window: such as '22:00-06:00' or '22:00-06:00 Europe/Rome', not '" + text + "'");
    }
    String zone = parts.group(3);
    try {
      return new Window(
          LocalTime.parse(parts.group(1)),
          LocalTime.parse(parts.group(2)),
          zone == null ? ZoneOffset.UTC : ZoneId.of(zone));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("window: '" + e.getParsedString() + "' is no time", e);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("window: no zone is called '" + zone + "'", e);
    }
  }

  /** Whether it is open then. */
  public boolean contains(Instant when) {
    LocalTime time = when.atZone(zone).toLocalTime();
    boolean begun = !time.isBefore(from);
    boolean over = !time.isBefore(to);
    return from.isBefore(to) ? begun && !over : begun || !over;
  }

  @Override
  public String toString() {
    return from + "-" + to + " " + zone;
  }
}
