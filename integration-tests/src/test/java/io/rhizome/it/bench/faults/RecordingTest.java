// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RecordingTest {
  private static final long MILLI = 1_000_000;

  private static void add(Journal journal, long startMillis, long endMillis, Ending ending) {
    journal.add(startMillis * MILLI, endMillis * MILLI, ending, ending == Ending.ANSWERED ? 2 : 0);
  }

  @Test
  void theLongestGapIsBetweenAnswersOfAnyClientThatFollowEachOther() {
    Journal one = new Journal();
    Journal other = new Journal();
    add(one, 0, 10, Ending.ANSWERED);
    add(other, 0, 40, Ending.ANSWERED);
    add(one, 10, 60, Ending.FAILED);
    add(one, 60, 90, Ending.ANSWERED);
    add(other, 40, 200, Ending.ANSWERED);
    Recording all = Recording.of(List.of(one, other));
    assertThat(all.span(20 * MILLI, 80 * MILLI).longestGapMillis()).isEqualTo(50);
    assertThat(all.span(80 * MILLI, 100 * MILLI).longestGapMillis()).isEqualTo(110);
  }

  @Test
  void aSpanHasTheRequestsThatWereUnderWayInAnyPartOfIt() {
    Journal journal = new Journal();
    add(journal, 0, 10, Ending.ANSWERED);
    add(journal, 10, 30, Ending.FAILED);
    add(journal, 30, 35, Ending.REJECTED);
    add(journal, 50, 70, Ending.ANSWERED);
    Recording span = Recording.of(List.of(journal)).span(20 * MILLI, 50 * MILLI);
    assertThat(span.count()).isEqualTo(2);
    assertThat(span.count(Ending.FAILED)).isEqualTo(1);
    assertThat(span.count(Ending.REJECTED)).isEqualTo(1);
    assertThat(span.slowestMillis()).isEqualTo(20);
    assertThat(span.quantileMillis(Ending.ANSWERED, 0.99)).isZero();
  }

  @Test
  void answersAreCountedByNodeAndByHowLongTheyTook() {
    Journal journal = new Journal();
    for (int i = 1; i <= 100; i++) {
      add(journal, 1_000, 1_000 + i, Ending.ANSWERED);
    }
    add(journal, 1_000, 4_000, Ending.FAILED);
    Recording all = Recording.of(List.of(journal));
    assertThat(all.answeredBy(2)).isEqualTo(100);
    assertThat(all.answeredBy(3)).isZero();
    assertThat(all.answeredWithin(25 * MILLI)).isEqualTo(25);
    assertThat(all.longerThan(100 * MILLI)).isEqualTo(1);
    assertThat(all.quantileMillis(Ending.ANSWERED, 0.99)).isEqualTo(99);
  }

  @Test
  void aJournalGrowsBeyondTheRoomItBeganWith() {
    Journal journal = new Journal();
    for (int i = 0; i < 40_000; i++) {
      journal.add(i, i + 1, Ending.ANSWERED, 2);
    }
    assertThat(Recording.of(List.of(journal)).count()).isEqualTo(40_000);
  }
}
