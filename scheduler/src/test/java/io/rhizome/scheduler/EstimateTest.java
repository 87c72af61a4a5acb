// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EstimateTest {
  @Test
  void addsItsParts() {
    assertThat(new Estimate(1, 20, 300, 4_000).totalNanos()).isEqualTo(4_321);
  }

  @Test
  void whatAPeerClaimsNeitherWrapsNorPays() {
    long max = Long.MAX_VALUE;
    assertThat(new Estimate(1, 0, max, max).totalNanos()).isEqualTo(max);
    assertThat(new Estimate(max, max, max, max).totalNanos()).isEqualTo(max);
    assertThat(new Estimate(-1, -9, -9, 5).totalNanos()).isEqualTo(5);
  }
}
