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
  void theFirstAfterAPauseCountsAloneAndOthersATenth() {
    run(0, 800_000);
    run(2 * SECOND, 1_000);
    assertThat(times.nanos(2 * SECOND + 1_000)).isEqualTo(1_000);

    run(2 * SECOND + 2_000, 2_000);
    assertThat(times.nanos(2 * SECOND + 4_000)).isCloseTo(1_100, within(1e-6));
  }
}
