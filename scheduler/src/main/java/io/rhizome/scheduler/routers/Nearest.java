// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what somebody may have meant by a name that is not known. */
final class Nearest {
  private static final int MAX_NAMED = 3;

  private Nearest() {}

  /** For the end of an error message: the nearest of the known names, or all where none is near. */
  static String hint(String wanted, Collection<String> known) {
    if (known.isEmpty()) {
      return "";
    }
    List<String> byDistance = new ArrayList<>(known);
    byDistance.sort(Comparator.comparingInt(name -> distance(wanted, name)));
    int allowed = Math.max(2, wanted.length() / 2);
    List<String> near =
        byDistance.stream()
            .filter(name -> distance(wanted, name) <= allowed)
            .limit(MAX_NAMED)
            .toList();
    return near.isEmpty()
        ? "; known are: " + String.join(", ", known)
        : "; did you mean " + String.join(" or ", near) + "?";
  }

  /** How many characters are to be put in, taken out or exchanged (Levenshtein). */
  static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int exchanged = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(exchanged, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
