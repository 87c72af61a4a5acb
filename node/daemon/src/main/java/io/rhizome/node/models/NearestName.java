// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import java.util.Collection;
import java.util.Comparator;

/** Guesses what was meant by a misspelt name. */
final class NearestName {
  private NearestName() {}

  /** The known name that needs the fewest single-character edits; {@code known} is not empty. */
  static String among(Collection<String> known, String written) {
    return known.stream()
        .min(Comparator.comparingInt(name -> edits(name, written)))
        .orElseThrow(() -> new IllegalArgumentException("nothing is known"));
  }

  /** Levenshtein's distance, one row at a time. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int substitution = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
