// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.bench.faults.Readings;

/**
 * What came of items.
 *
 * @param results items whose result, the first that was read, is the right answer
 * @param duplicates results beyond the first of their item, or of no item at all
 * @param lost items without a result, or with an error or a wrong answer as theirs
 */
record Tally(int results, int duplicates, int lost) {
  /** Of no items. */
  static final Tally NONE = new Tally(0, 0, 0);

  /** Of these items and those. */
  Tally plus(Tally other) {
    return new Tally(results + other.results, duplicates + other.duplicates, lost + other.lost);
  }

  /** Tells of it. */
  Readings readings() {
    return new Readings()
        .with("results", results)
        .with("duplicates", duplicates)
        .with("lost", lost);
  }
}
