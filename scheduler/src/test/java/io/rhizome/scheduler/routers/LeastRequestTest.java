// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class LeastRequestTest {
  private final Router router = new LeastRequest();

  @Test
  void takesTheOneWithFewerOutstandingHoweverSlow() {
    Views views =
        new Views()
            .holder(with(bare(1), 3, 0), 1)
            .holder(with(at(bare(2), 90 * MILLI, new Load(50, 1, MILLI, MILLI)), 2, 0), 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(2);
  }

  @Test
  void choosesAsTwoDrawsOfThreeDo() {
    Views views = new Views();
    for (int i = 1; i <= 3; i++) {
      views.holder(with(bare(i), i, 0), 1);
    }

    SortedMap<Integer, Integer> counts = Draws.counts(router, views.from(0), 3_000);

    assertThat(counts).containsOnlyKeys(1, 2);
    assertThat(counts.get(1)).describedAs("two pairs of three hold it").isBetween(1_850, 2_150);
  }

  @Test
  void countsAllThatIsInFlightOnThisNode() {
    Views views =
        new Views()
            .holder(at(bare(0), 0, new Load(5, 8, 0, MILLI)), 1)
            .holder(with(bare(1), 4, 0), 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(1);
  }

  @Test
  void drawsAsManyAsItIsTold() {
    Views views = new Views();
    for (int i = 1; i <= 8; i++) {
      views.holder(with(bare(i), i, 0), 1);
    }

    Router all = router.with(Draws.parameters("choice_count", "8"));

    assertThat(Draws.counts(all, views.from(0), 100)).containsOnlyKeys(1);
  }

  @Test
  void refusesParametersThatAreUnknownOrOutOfRange() {
    assertThatThrownBy(() -> router.with(Draws.parameters("choice_count", "1")))
        .hasMessage(
            "router 'least_request': choice_count must be a whole number from 2 to 16, not '1'");
    assertThatThrownBy(() -> router.with(Draws.parameters("choice_count", "two")))
        .hasMessageContaining("choice_count must be a whole number from 2 to 16, not 'two'");
    assertThatThrownBy(() -> router.with(Draws.parameters("choices", "2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("router 'least_request' has no parameter 'choices'; it has [choice_count]");
  }
}
