// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RunTimesTest {
  private static final long SECOND = 1_000_000_000L;

  private final RunTimes times = new RunTimes();

  private void run(long from, long nanos) {
    times.onBusy(from);
    times.onIdle(from + nanos);
    times.add(nanos);
  }

  @Test
  void isNothingBeforeTheFirstRunAndThatRunAfterIt() {
    assertThat(times.nanos(0)).isZero();
    run(0, 800);
    assertThat(times.nanos(800)).isEqualTo(800);
  }

  @Test
  void isBelievedHalfAsMuchAfterEachIdleSecond() {
    run(0, 800);
    assertThat(times.nanos(800 + SECOND)).isEqualTo(400);
    assertThat(times.nanos(800 + 3 * SECOND)).isEqualTo(100);
    assertThat(times.nanos(800 + 400 * SECOND)).isCloseTo(0, within(1e-9));
  }

  @Test
  void isBelievedWhileSomethingLongRuns() {
    run(0, 800);
    times.onBusy(900);
    assertThat(times.nanos(900 + 50 * SECOND)).isEqualTo(800);
  }

  @Test
  void isTheMeanOfAFewAtFirst() {
    run(0, 800_000);
    run(900_000, 1_000);

    assertThat(times.nanos(901_000)).isEqualTo(400_500);
  }

  @Test
  void oneShortRunAfterAPauseDoesNotMakeANodeThatWasSlowSeemFast() {
    for (int i = 0; i < 40; i++) {
      run(i * 800_000L, 800_000);
    }
    long resumed = 40 * 800_000L + SECOND;

    run(resumed, 1_000);

    assertThat(times.nanos(resumed + 1_000)).isBetween(700_000.0, 740_000.0);
  }

  @Test
  void afterALongPauseItLearnsAtOnce() {
    run(0, 800_000);
    run(10 * SECOND, 1_000);

    assertThat(times.nanos(10 * SECOND + 1_000)).isLessThan(3_000);
  }
}
