// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what someone probably meant to write. */
public final class Nearest {
  private Nearest() {}

  /** {@code ; did you mean 'prefix + known'?}, or a list of the known ones if none is near. */
  public static String suggestion(String prefix, String wrong, Collection<String> known) {
    if (known.isEmpty()) {
      return "";
    }
    return of(wrong, known)
        .map(near -> "; did you mean '" + prefix + near + "'?")
        .orElseGet(() -> "; known here: " + String.join(", ", known));
  }

  /** The known one that is the fewest edits away, if those are few for its length. */
  public static Optional<String> of(String wrong, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(wrong, candidate)))
        .filter(near -> distance(wrong, near) <= Math.max(2, wrong.length() / 3));
  }

  /** Edits (insert, delete, replace, swap of neighbours) from one text to the other. */
  static int distance(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= to.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      for (int j = 1; j <= to.length(); j++) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        least = Math.min(least, cost[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          least = Math.min(least, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = least;
      }
    }
    return cost[from.length()][to.length()];
  }
}
