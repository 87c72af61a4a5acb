// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.scheduler.Views;
import org.junit.jupiter.api.Test;

class RandomChoiceTest {
  @Test
  void choosesEachHolderAlikeWhateverItsLoad() {
    Views views = new Views();
    for (int i = 0; i < 5; i++) {
      views.holder(i, i * MILLI, i * 100L * MILLI, 1);
    }

    assertThat(Draws.counts(new RandomChoice(), views.from(0), 5_000).values())
        .hasSize(5)
        .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
  }

  @Test
  void hasNoParameters() {
    assertThatThrownBy(() -> new RandomChoice().with(Draws.parameters("seed", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("router 'random' has no parameter 'seed'");
  }
}
