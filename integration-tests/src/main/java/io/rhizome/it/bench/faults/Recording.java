// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import io.rhizome.it.bench.Gaps;
import io.rhizome.it.bench.Samples;
import java.util.Arrays;
import java.util.List;

/**
 * What became of the requests of a span of time: those that were under way in any part of it. Times
 * are on the {@link System#nanoTime()} scale.
 */
public final class Recording {
  private final List<Journal> journals;
  private final long from;
  private final long to;

  private Recording(List<Journal> journals, long from, long to) {
    this.journals = journals;
    this.from = from;
    this.to = to;
  }

  /** All that these journals have, from the first request's start to the last one's end. */
  static Recording of(List<Journal> journals) {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (Journal journal : journals) {
      for (int i = 0; i < journal.count(); i++) {
        first = Math.min(first, journal.start(i));
        last = Math.max(last, journal.end(i));
      }
    }
    return new Recording(List.copyOf(journals), first, last);
  }

  /** Those of a part of it. */
  Recording span(long begin, long end) {
    return new Recording(journals, begin, end);
  }

  /** What may be asked of one request. */
  private interface Test {
    boolean holds(Journal journal, int i);
  }

  private Samples latencies(Test test) {
    Samples found = new Samples();
    for (Journal journal : journals) {
      for (int i = 0; i < journal.count(); i++) {
        if (journal.end(i) - from >= 0 && journal.start(i) - to < 0 && test.holds(journal, i)) {
          found.add(journal.end(i) - journal.start(i));
        }
      }
    }
    return Samples.merged(List.of(found));
  }

  /** How many requests. */
  public int count() {
    return latencies((journal, i) -> true).count();
  }

  /** How many ended like that. */
  public int count(Ending ending) {
    return latencies((journal, i) -> journal.is(i, ending)).count();
  }

  /** How many a node answered, counted from 1. */
  int answeredBy(int node) {
    return latencies((journal, i) -> journal.is(i, Ending.ANSWERED) && journal.server(i) == node)
        .count();
  }

  /** How many answers took no longer than that. */
  int answeredWithin(long nanos) {
    return latencies(
            (journal, i) ->
                journal.is(i, Ending.ANSWERED) && journal.end(i) - journal.start(i) <= nanos)
        .count();
  }

  /** How many took longer than that, however they ended. */
  int longerThan(long nanos) {
    return latencies((journal, i) -> journal.end(i) - journal.start(i) > nanos).count();
  }

  /** How long the slowest took, however it ended, in milliseconds; 0 where there was none. */
  double slowestMillis() {
    return quantileMillis(latencies((journal, i) -> true), 1);
  }

  /**
   * The latency that such a share of those that ended like that did not exceed, in milliseconds; 0
   * where there was none.
   */
  public double quantileMillis(Ending ending, double share) {
    return quantileMillis(latencies((journal, i) -> journal.is(i, ending)), share);
  }

  private static double quantileMillis(Samples samples, double share) {
    return samples.count() == 0 ? 0 : samples.quantile(share) / 1e6;
  }

  /**
   * The longest time between two answers that follow each other, over all clients, that touches the
   * span, in milliseconds: {@link Gaps#longest}.
   */
  double longestGapMillis() {
    int size = journals.stream().mapToInt(Journal::count).sum();
    long[] ends = new long[size];
    int count = 0;
    for (Journal journal : journals) {
      for (int i = 0; i < journal.count(); i++) {
        if (journal.is(i, Ending.ANSWERED)) {
          ends[count++] = journal.end(i);
        }
      }
    }
    long[] answers = Arrays.copyOf(ends, count);
    Arrays.sort(answers);
    return Gaps.longest(answers, from, to) / 1e6;
  }
}
