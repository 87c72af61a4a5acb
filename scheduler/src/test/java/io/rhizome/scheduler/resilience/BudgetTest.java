// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final long SECOND = 1_000_000_000L;

  /** Below zero, as {@link System#nanoTime} may be. */
  private static final long START = -3 * SECOND;

  private static int takeAll(Budget budget, long nowNanos) {
    int taken = 0;
    while (taken < 10_000 && budget.tryTake(nowNanos)) {
      taken++;
    }
    return taken;
  }

  @Test
  void startsFull() {
    assertThat(takeAll(new Budget(0, 0, 7), START)).isEqualTo(7);
  }

  @Test
  void requestsEarnAShare() {
    Budget budget = new Budget(0.25, 0, 7);
    takeAll(budget, START);
    for (int i = 0; i < 7; i++) {
      budget.onRequest();
    }
    assertThat(takeAll(budget, START)).isEqualTo(1);
    budget.onRequest();
    assertThat(takeAll(budget, START)).isEqualTo(1);
  }

  @Test
  void timeEarnsAFloor() {
    Budget budget = new Budget(0, 10, 20);
    takeAll(budget, START);
    assertThat(takeAll(budget, START + SECOND / 20)).isZero();
    assertThat(takeAll(budget, START + SECOND / 10)).isEqualTo(1);
    assertThat(takeAll(budget, START + 2 * SECOND)).isEqualTo(19);
  }

  @Test
  void noMoreIsSavedUpThanTheBurst() {
    Budget budget = new Budget(1, 10, 5);
    takeAll(budget, START);
    for (int i = 0; i < 100; i++) {
      budget.onRequest();
    }
    assertThat(takeAll(budget, START + 1_000 * SECOND)).isEqualTo(5);
  }

  @Test
  void noMomentCountsTwiceWhereReadingsComeOutOfOrder() {
    Budget budget = new Budget(0, 1, 5);
    takeAll(budget, START);
    int taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += budget.tryTake(START + SECOND) ? 1 : 0;
      taken += budget.tryTake(START) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(1);
  }

  @Test
  void refusesSenselessNumbers() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Budget(-1, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Budget(0, -1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Budget(0, 0, 0.5));
    assertThatIllegalArgumentException().isThrownBy(() -> new Budget(Double.NaN, 0, 1));
  }

  @Test
  void aNodeRetriesAFifthAndHedgesAFiftieth() {
    Resilience defaults = Resilience.defaults();
    assertThat(takeAll(defaults.retries(), START)).isEqualTo(128);
    assertThat(takeAll(defaults.hedges(), START)).isEqualTo(10);
    for (int i = 0; i < 101; i++) {
      defaults.retries().onRequest();
      defaults.hedges().onRequest();
    }
    assertThat(takeAll(defaults.retries(), START)).isEqualTo(20);
    assertThat(takeAll(defaults.hedges(), START)).isEqualTo(2);
    assertThat(takeAll(defaults.retries(), START + SECOND)).isEqualTo(10);
    assertThat(takeAll(defaults.hedges(), START + SECOND)).isEqualTo(1);
  }
}
