// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
  private static final long SECOND = 1_000 * MILLI;

  private final Router router = new PeakEwma();

  @Test
  void prefersTheOneThatAnswersSooner() {
    answered(0, 1, 20);
    answered(0, 2, 10);

    assertThat(chosen(view(0, 0, 0))).isEqualTo(2);
  }

  @Test
  void countsWhatIsOutstanding() {
    answered(0, 1, 20);
    answered(0, 2, 10);

    assertThat(chosen(view(0, 0, 1))).describedAs("20 for 1, twice 10: a tie").isZero();
    assertThat(chosen(view(0, 0, 2))).isEqualTo(1);
    assertThat(chosen(view(0, 3, 2))).isEqualTo(2);
  }

  @Test
  void believesOneSlowAnswerAtOnceAndManyFastOnesSlowly() {
    answered(0, 2, 10);
    for (int i = 0; i < 100; i++) {
      answered(0, 1, 5);
    }
    assertThat(chosen(view(0, 0, 0))).isEqualTo(1);

    answered(0, 1, 100);
    assertThat(chosen(view(0, 0, 0))).isEqualTo(2);
    for (long now = 0; now < 10 * SECOND; now += SECOND) {
      answered(now, 1, 5);
      answered(now, 2, 10);
    }
    assertThat(chosen(view(10 * SECOND, 0, 0))).isEqualTo(2);
    for (long now = 10 * SECOND; now < 60 * SECOND; now += SECOND) {
      answered(now, 1, 5);
      answered(now, 2, 10);
    }
    assertThat(chosen(view(60 * SECOND, 0, 0))).isEqualTo(1);
  }

  @Test
  void comesBackToASlowOneWithoutWordOfIt() {
    answered(0, 1, 100);
    for (long now = 0; now <= 60 * SECOND; now += SECOND) {
      answered(now, 2, 10);
    }

    assertThat(chosen(view(60 * SECOND, 0, 0))).isEqualTo(1);
  }

  @Test
  void triesAHolderThatNeverAnsweredWithOneRequest() {
    answered(0, 2, 10);

    assertThat(chosen(view(0, 0, 0))).isEqualTo(1);
    assertThat(chosen(view(0, 1, 50))).isEqualTo(2);
  }

  @Test
  void isNotDrawnToOneThatRefusesFast() {
    answered(0, 1, 20);
    answered(0, 2, 20);
    failed(0, 1, Failure.Kind.REFUSED, null);

    assertThat(chosen(view(0, 0, 0))).isEqualTo(2);
  }

  @Test
  void takesARefusingHolderAtItsWordAboutItsQueue() {
    answered(0, 2, 40);
    failed(0, 1, Failure.Kind.OVERLOADED, new Load(9, 1, 50 * MILLI, MILLI));

    assertThat(chosen(view(0, 0, 0))).isEqualTo(2);
  }

  @Test
  void learnsNothingFromCallersWhoGiveUpOrAskWrongly() {
    answered(0, 1, 10);
    answered(0, 2, 11);
    failed(0, 1, Failure.Kind.CANCELLED, null);
    failed(0, 1, Failure.Kind.FINAL, null);
    failed(0, 1, Failure.Kind.EXPIRED, null);

    assertThat(chosen(view(0, 0, 0))).isEqualTo(1);
  }

  @Test
  void goesByEstimateWhereThisNodeNeverRanIt() {
    answered(0, 1, 10);
    ClusterView view = new Views().holder(0, 0, 3 * MILLI, 1).holder(bare(1), 1).from(0);

    assertThat(Draws.counts(router, view, 20)).containsOnlyKeys(0);
  }

  @Test
  void forgetsAsFastAsItIsTold() {
    Router fast = router.with(Draws.parameters("decay_ms", "100"));
    for (Router each : new Router[] {router, fast}) {
      Draws.answered(each, 0, node(1), 100 * MILLI);
      Draws.answered(each, SECOND, node(2), 10 * MILLI);
    }

    assertThat(Draws.counts(fast, view(SECOND, 0, 0), 20)).containsOnlyKeys(1);
    assertThat(Draws.counts(router, view(SECOND, 0, 0), 20)).containsOnlyKeys(2);
    assertThatThrownBy(() -> router.with(Draws.parameters("decay_ms", "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decay_ms must be a whole number from 1 to 600000, not '0'");
    assertThatThrownBy(() -> router.with(Draws.parameters("decay_s", "1")))
        .hasMessage("router 'peak_ewma' has no parameter 'decay_s'; it has [decay_ms]");
  }

  private ClusterView view(long now, int outstandingAt1, int outstandingAt2) {
    return new Views()
        .holder(with(bare(1), outstandingAt1, 0), 1)
        .holder(with(bare(2), outstandingAt2, 0), 1)
        .at(now)
        .from(0);
  }

  private void answered(long now, int holder, long millis) {
    Draws.answered(router, now, node(holder), millis * MILLI);
  }

  private void failed(long now, int holder, Failure.Kind kind, @Nullable Load load) {
    router.onOutcome(now, Draws.REQUEST, new Outcome(node(holder), kind, MILLI / 10, load));
  }

  /** The one that is always chosen; 0 where it is now one, now the other. */
  private int chosen(ClusterView view) {
    var counts = Draws.counts(router, view, 40);
    return counts.size() == 1 ? counts.firstKey() : 0;
  }
}
