// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadTest {
  @Test
  void senselessClaimsAreBroughtIntoRange() {
    assertThat(new Load(-1, 0, -1, -1)).isEqualTo(Load.UNKNOWN);
  }

  @Test
  void pressureAboveOneMeansThatSomeWait() {
    assertThat(new Load(4, 8, 0, 1).pressure()).isEqualTo(0.5);
    assertThat(new Load(12, 8, 0, 1).pressure()).isEqualTo(1.5);
  }

  @Test
  void whatWaitsIsDoneOneAfterAnotherAtEachPlace() {
    assertThat(new Load(8, 8, 0, 100).drainNanos()).isZero();
    assertThat(new Load(24, 8, 0, 100).drainNanos()).isEqualTo(200);
  }

  @Test
  void moreThatFindPlacesDoNotWait() {
    assertThat(new Load(2, 4, 0, 100).plus(2)).isEqualTo(new Load(4, 4, 0, 100));
  }

  @Test
  void moreThanThereArePlacesWaitForTheirTurn() {
    assertThat(new Load(3, 4, 0, 100).plus(3)).isEqualTo(new Load(6, 4, 50, 100));
    assertThat(new Load(6, 4, 50, 100).plus(1)).isEqualTo(new Load(7, 4, 75, 100));
  }

  @Test
  void noneMoreIsTheSame() {
    Load load = new Load(3, 4, 0, 100);
    assertThat(load.plus(0)).isSameAs(load);
    assertThat(load.plus(-5)).isSameAs(load);
  }

  @Test
  void hugeClaimsStayHuge() {
    Load huge = new Load(Integer.MAX_VALUE, 1, Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(huge.plus(5)).isEqualTo(huge);
    assertThat(new Load(Integer.MAX_VALUE - 1, Integer.MAX_VALUE, 0, 1).plus(9).inFlight())
        .isEqualTo(Integer.MAX_VALUE);
  }
}
