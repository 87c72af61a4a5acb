// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.v1.JobResult;
import java.util.BitSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Counts a job's results as they are read: each item should have one, and the right one. */
final class ResultCheck {
  private static final int MOST_TOLD = 40;

  private final int items;
  private final BitSet seen = new BitSet();
  private final BitSet right = new BitSet();
  private int more;

  /** Nothing read yet of a job with so many items. */
  ResultCheck(int items) {
    this.items = items;
  }

  /** The next result. */
  void add(JobResult result) {
    int item = result.getItem();
    if (item < 0 || item >= items || seen.get(item)) {
      more++;
      return;
    }
    seen.set(item);
    if (result.hasAnswer() && Items.isAnswer(item, result.getAnswer())) {
      right.set(item);
    }
  }

  /** The first items that are lost, in words; empty where none is. */
  String lost() {
    return IntStream.range(0, items)
        .filter(item -> !right.get(item))
        .limit(MOST_TOLD)
        .mapToObj(item -> item + (seen.get(item) ? " (wrong)" : ""))
        .collect(Collectors.joining(", "));
  }

  /** What came of it. */
  Tally tally() {
    int good = right.cardinality();
    return new Tally(good, more, items - good);
  }
}
