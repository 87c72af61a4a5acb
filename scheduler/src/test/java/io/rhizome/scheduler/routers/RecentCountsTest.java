// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentCountsTest {
  @Test
  void hasTheQuantilesOfTheLast128() {
    Random random = new Random(1);
    RecentCounts counts = new RecentCounts();
    int[] all = new int[1_000];
    for (int i = 0; i < all.length; i++) {
      all[i] = random.nextInt(20);
      counts.add(all[i]);
      int[] last = Arrays.copyOfRange(all, Math.max(0, i - 127), i + 1);
      Arrays.sort(last);
      assertThat(counts.quantile(0.84)).isEqualTo(last[(int) Math.ceil(0.84 * last.length) - 1]);
      assertThat(counts.quantile(0)).isEqualTo(last[0]);
    }
  }

  @Test
  void nothingIsAboveTheQuantileOfNoneNorAboveOne() {
    RecentCounts counts = new RecentCounts();
    assertThat(counts.quantile(0.5)).isEqualTo(Integer.MAX_VALUE);

    counts.add(3);

    assertThat(counts.quantile(1)).isEqualTo(Integer.MAX_VALUE);
  }
}
