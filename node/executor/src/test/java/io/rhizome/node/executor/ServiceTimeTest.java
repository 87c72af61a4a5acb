// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ServiceTimeTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = -3 * SECOND;

  private final ServiceTime time = new ServiceTime();

  @Test
  void isZeroBeforeTheFirstRunAndThenThatRun() {
    assertThat(time.nanos(START)).isZero();
    time.add(START, 80_000_000);
    assertThat(time.nanos(START)).isEqualTo(80_000_000);
  }

  @Test
  void anEighthOfEachRunCountsWhileRunsFollowEachOther() {
    time.add(START, 80_000_000);
    time.add(START + SECOND / 2, 0);
    assertThat(time.nanos(START + SECOND)).isEqualTo(70_000_000);
  }

  @Test
  void isBelievedLessTheOlderItIsSoThatASlowStartIsForgotten() {
    time.add(START, 80_000_000);
    assertThat(time.nanos(START + SECOND)).isEqualTo(40_000_000);
    assertThat(time.nanos(START + 6 * SECOND)).isEqualTo(1_250_000);
    assertThat(time.nanos(START + 100 * SECOND)).isZero();
  }

  @Test
  void theFirstRunAfterAPauseCountsAlone() {
    time.add(START, 80_000_000);
    time.add(START + 5 * SECOND, 2_000_000);
    assertThat(time.nanos(START + 5 * SECOND)).isEqualTo(2_000_000);
  }
}
