// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import java.util.ArrayList;
import java.util.List;

/** The shortest way from some lines to others, by their longest common subsequence. */
final class LineDiff {
  /* A resource has at most 32 KiB; the table of one with more lines would be too large. */
  private static final int MAX_LINES = 2_000;

  private LineDiff() {}

  /** Every line, after {@code "- "} where it goes, {@code "+ "} where it comes, two spaces else. */
  static List<String> of(List<String> from, List<String> to) {
    List<String> lines = new ArrayList<>();
    if (from.size() > MAX_LINES || to.size() > MAX_LINES) {
      from.forEach(line -> lines.add("- " + line));
      to.forEach(line -> lines.add("+ " + line));
      return lines;
    }
    int[][] common = common(from, to);
    int i = 0;
    int j = 0;
    while (i < from.size() || j < to.size()) {
      if (i < from.size() && j < to.size() && from.get(i).equals(to.get(j))) {
        lines.add("  " + from.get(i++));
        j++;
      } else if (j == to.size() || (i < from.size() && common[i + 1][j] >= common[i][j + 1])) {
        lines.add("- " + from.get(i++));
      } else {
        lines.add("+ " + to.get(j++));
      }
    }
    return lines;
  }

  /** How many lines the ends from (i, j) on have in common, in order. */
  private static int[][] common(List<String> from, List<String> to) {
    int[][] common = new int[from.size() + 1][to.size() + 1];
    for (int i = from.size() - 1; i >= 0; i--) {
      for (int j = to.size() - 1; j >= 0; j--) {
        common[i][j] =
            from.get(i).equals(to.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
