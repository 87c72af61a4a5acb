// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A choice of hosts: {@code all}; {@code any 3}, drawn anew each time from those that run; a name
 * such as {@code n05}; a range such as {@code n05..n09}; or a list of names and ranges.
 *
 * @param ranges first and last number of each, in order
 * @param any how many are drawn; 0 where the ranges say it
 * @param all whether all are meant
 */
public record Hosts(List<Range> ranges, int any, boolean all) {
  private static final Pattern NAME = Pattern.compile("n(\\d{1,6})(?:\\.\\.n(\\d{1,6}))?");
  private static final Pattern ANY = Pattern.compile("any (\\d{1,6})");

  /** Numbers of hosts, both included. */
  public record Range(int first, int last) {}

  public Hosts {
    ranges = List.copyOf(ranges);
  }

  static Hosts parse(List<String> words) {
    List<Range> ranges = new ArrayList<>();
    for (String word : words) {
      Matcher any = ANY.matcher(word);
      Matcher name = NAME.matcher(word);
      boolean alone = words.size() == 1;
      if (alone && word.equals("all")) {
        return new Hosts(List.of(), 0, true);
      } else if (alone && any.matches() && Integer.parseInt(any.group(1)) > 0) {
        return new Hosts(List.of(), Integer.parseInt(any.group(1)), false);
      } else if (name.matches()) {
        ranges.add(range(word, name.group(1), name.group(2)));
      } else {
        throw new IllegalArgumentException(
            "'" + word + "' names no host; write n05, n05..n09, all, or any 3");
      }
    }
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("no host is named; write n05, n05..n09, all, or any 3");
    }
    return new Hosts(ranges, 0, false);
  }

  private static Range range(String word, String first, @Nullable String last) {
    Range range = new Range(Integer.parseInt(first), Integer.parseInt(last == null ? first : last));
    if (range.last() < range.first()) {
      throw new IllegalArgumentException("'" + word + "' runs backwards; the lower number first");
    }
    return range;
  }

  /** The highest number named; -1 where none is. */
  int highest() {
    return ranges.stream().mapToInt(Range::last).max().orElse(-1);
  }
}
