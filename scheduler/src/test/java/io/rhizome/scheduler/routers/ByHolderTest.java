// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByHolderTest {
  @Test
  void keepsWhatWasLearntOfEachHolderOfEachModel() {
    ByHolder<Integer> learnt = new ByHolder<>(0);

    learnt.learn("a", node(1), known -> known + 1);
    learnt.learn("a", node(1), known -> known + 1);
    learnt.learn("b", node(1), known -> known + 5);

    assertThat(learnt.of("a", node(1))).isEqualTo(2);
    assertThat(learnt.of("b", node(1))).isEqualTo(5);
    assertThat(learnt.of("a", node(2))).isZero();
  }

  @Test
  void forgetsThoseThatNothingWasLearntOfForLongest() {
    ByHolder<Integer> learnt = new ByHolder<>(0);
    learnt.learn("first", node(1), known -> 1);
    learnt.learn("second", node(1), known -> 1);
    learnt.learn("first", node(1), known -> 2);

    for (int i = 0; i < ByHolder.MAX_HOLDERS - 1; i++) {
      learnt.learn("m" + i / 1_000, node(i % 1_000), known -> 1);
    }

    assertThat(learnt.of("second", node(1))).isZero();
    assertThat(learnt.of("first", node(1))).isEqualTo(2);
  }
}
