// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class GapsTest {
  @Test
  void theLongestTimeBetweenEventsThatTouchesTheSpan() {
    long[] events = {0, 40, 50, 80, 85, 200};
    assertThat(Gaps.longest(events, 50, 85)).isEqualTo(30);
    assertThat(Gaps.longest(events, 20, 60)).isEqualTo(40);
    assertThat(Gaps.longest(events, 82, 90)).isEqualTo(115);
  }

  @Test
  void theSpansOwnEndsCountWhereNothingHappensBeyond() {
    assertThat(Gaps.longest(new long[] {}, 10, 30)).isEqualTo(20);
    assertThat(Gaps.longest(new long[] {15}, 10, 30)).isEqualTo(15);
    assertThat(Gaps.longest(new long[] {25}, 10, 30)).isEqualTo(15);
  }
}
