// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Views;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class WeightedTest {
  private static final int DRAWS = 8_000;

  private final Weighted router = new Weighted();

  @Test
  void choosesInProportionToWorkersAndSpeed() {
    Views views =
        new Views()
            .holder(at(bare(1), MILLI, new Load(0, 4, 0, 10 * MILLI)), 1)
            .holder(at(bare(2), MILLI, new Load(0, 8, 0, 10 * MILLI)), 1)
            .holder(at(bare(3), MILLI, new Load(0, 4, 0, 20 * MILLI)), 1)
            .holder(at(bare(4), MILLI, new Load(0, 1, 0, 5 * MILLI)), 1);

    SortedMap<Integer, Integer> counts = Draws.counts(router, views.from(0), DRAWS);

    // 4/10, 8/10, 4/20, 1/5 of 1.6
    assertThat(counts.get(1)).isBetween(1_880, 2_120);
    assertThat(counts.get(2)).isBetween(3_850, 4_150);
    assertThat(counts.get(3)).isBetween(900, 1_100);
    assertThat(counts.get(4)).isBetween(900, 1_100);
  }

  @Test
  void doesNotLookAtWhatIsInFlight() {
    Views views =
        new Views()
            .holder(at(bare(1), MILLI, new Load(99, 4, 900 * MILLI, MILLI)), 1)
            .holder(at(bare(2), 50 * MILLI, new Load(0, 4, 0, MILLI)), 1);

    assertThat(Draws.counts(router, views.from(0), DRAWS).get(1)).isBetween(3_850, 4_150);
  }

  @Test
  void takesAHolderThatItKnowsNothingOfForAnAverageOne() {
    Views views =
        new Views()
            .holder(at(bare(1), MILLI, new Load(0, 1, 0, 10 * MILLI)), 1)
            .holder(at(bare(2), MILLI, new Load(0, 3, 0, 10 * MILLI)), 1)
            .holder(at(bare(3), MILLI, Load.UNKNOWN), 1);

    assertThat(Draws.counts(router, views.from(0), 6_000).get(3)).isBetween(1_850, 2_150);
  }

  @Test
  void choosesAlikeWhereItKnowsNothing() {
    Views views = new Views();
    for (int i = 1; i <= 4; i++) {
      views.holder(at(bare(i), MILLI, Load.UNKNOWN), 1);
    }

    assertThat(Draws.counts(router, views.from(0), 4_000).values())
        .hasSize(4)
        .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
  }

  @Test
  void staysCloseToProportionAmongMany() {
    Views views = new Views();
    for (int i = 1; i <= 200; i++) {
      views.holder(at(bare(i), MILLI, new Load(0, i <= 100 ? 4 : 8, 0, MILLI)), 1);
    }

    SortedMap<Integer, Integer> counts = Draws.counts(router, views.from(0), 6_000);

    int strong = counts.tailMap(101).values().stream().mapToInt(Integer::intValue).sum();
    assertThat(strong).describedAs("two thirds").isBetween(3_850, 4_150);
  }
}
