// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class GrowthsTest {
  private static final long SECOND = 1_000_000_000;

  private static Growths seen(long... doneAtSeconds) {
    Growths growths = new Growths();
    for (int i = 0; i < doneAtSeconds.length; i++) {
      growths.saw(i * SECOND, doneAtSeconds[i]);
    }
    return growths;
  }

  @Test
  void onlyGrowthEndsAGap() {
    Growths growths = seen(1, 2, 2, 2, 5, 4, 5, 6);
    assertThat(growths.longestGapSeconds(SECOND, 7 * SECOND)).isEqualTo(3);
    assertThat(growths.longestGapSeconds(5 * SECOND, 6 * SECOND)).isEqualTo(3);
    assertThat(growths.last()).isEqualTo(6);
  }

  @Test
  void aGapThatDoesNotEndLastsAsLongAsTheSpan() {
    assertThat(seen(1, 2, 2).longestGapSeconds(SECOND, 9 * SECOND)).isEqualTo(8);
    assertThat(seen().longestGapSeconds(SECOND, 9 * SECOND)).isEqualTo(8);
  }

  @Test
  void whatWasDoneInASpanIsWhatGrewWithinIt() {
    Growths growths = seen(1, 2, 2, 7, 9);
    assertThat(growths.between(SECOND, 3 * SECOND)).isEqualTo(5);
    assertThat(growths.between(SECOND, 2 * SECOND)).isEqualTo(0);
    assertThat(growths.between(-SECOND, 9 * SECOND)).isEqualTo(9);
  }
}
