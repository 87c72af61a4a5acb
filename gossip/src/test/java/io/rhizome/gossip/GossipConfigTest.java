// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GossipConfigTest {
  private final GossipConfig config = GossipConfig.defaults();

  @Test
  void theDefaultsAreThoseOfALocalNetwork() {
    assertThat(config)
        .isEqualTo(
            new GossipConfig(
                1_000,
                500,
                3,
                4,
                200,
                3,
                500,
                4,
                10_000,
                5_000,
                600_000,
                1_000,
                30_000,
                4_096,
                GossipConfig.Lifeguard.ON));
  }

  @ParameterizedTest
  @CsvSource({"1, 4000", "5, 4000", "10, 4000", "100, 8000", "1000, 12000"})
  void theTimeToRefuteGrowsWithTheLogarithmOfTheMesh(int members, long millis) {
    assertThat(config.suspicionNanos(members)).isEqualTo(millis * 1_000_000);
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "9, 4", "10, 8", "99, 8", "999, 12"})
  void aChangeIsToldMoreOftenInALargerMesh(int members, int times) {
    assertThat(config.retransmits(members)).isEqualTo(times);
  }

  @Test
  void aFieldOutOfRangeIsNamed() {
    assertThatThrownBy(
            () ->
                new GossipConfig(
                    500, 500, 3, 4, 200, 3, 1, 4, 1, 1, 1, 1, 1, 1, GossipConfig.Lifeguard.ON))
        .hasMessage("probeTimeoutMillis (500) must be below probeIntervalMillis (500)");
    assertThatThrownBy(
            () ->
                new GossipConfig(
                    500, 100, 3, 4, 200, 0, 1, 4, 1, 1, 1, 1, 1, 1, GossipConfig.Lifeguard.ON))
        .hasMessage("gossipFanout must be at least 1: 0");
  }
}
