// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Taking few of many {@link Candidates} by chance. */
class CandidatesDrawTest {
  private static final Request REQUEST = Request.entering(MODEL, 0, 100);

  private final Random random = new Random(1);

  @Test
  void drawEachAlikeAndTwoThatDiffer() {
    Views views = new Views().unreachable(9, 1);
    for (int i = 1; i <= 4; i++) {
      views.holder(i, MILLI, 0, 1);
    }
    Candidates candidates = Candidates.of(REQUEST, views.from(0));
    int[] drawn = new int[10];

    for (int i = 0; i < 4_000; i++) {
      List<NodeView> two = candidates.draw(2, random);
      assertThat(two).extracting(NodeView::id).doesNotHaveDuplicates().hasSize(2);
      drawn[candidates.draw(random).orElseThrow().id().bytes()[0]]++;
    }

    assertThat(drawn[9]).isZero();
    for (int i = 1; i <= 4; i++) {
      assertThat(drawn[i]).isBetween(850, 1_150);
    }
  }

  @Test
  void drawTheOnlyOneOnceAndNoneWhereThereIsNone() {
    ClusterView one = new Views().holder(1, MILLI, 0, 1).unreachable(2, 1).from(0);
    ClusterView none = new Views().from(0);

    assertThat(Candidates.of(REQUEST, one).draw(2, random))
        .extracting(NodeView::id)
        .containsExactly(node(1));
    assertThat(Candidates.of(REQUEST, none).draw(2, random)).isEmpty();
    assertThat(Candidates.of(REQUEST, none).draw(random)).isEmpty();
  }

  @Test
  void findTheFewThatCanServeAmongManyThatCannot() {
    Views views = new Views().holder(500, MILLI, 0, 1);
    for (int i = 1; i < 500; i++) {
      views.unreachable(i, 1);
    }
    Candidates candidates = Candidates.of(REQUEST, views.from(0));

    assertThat(candidates.draw(random)).map(NodeView::id).contains(node(500));
    assertThat(candidates.bound()).isEqualTo(candidates.ids().size()).isEqualTo(500);
    assertThat(candidates.all()).hasSize(1);
  }
}
