// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.coordinate;

import static io.rhizome.gossip.Fixtures.id;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyFilterTest {
  private final LatencyFilter filter = new LatencyFilter();

  @Test
  void givesTheMedianOfTheLatestThree() {
    assertThat(filter.filter(id(1), 10)).isEqualTo(10);
    assertThat(filter.filter(id(1), 900)).isEqualTo(10);
    assertThat(filter.filter(id(1), 12)).isEqualTo(12);
    assertThat(filter.filter(id(1), 14)).isEqualTo(14);
    assertThat(filter.filter(id(1), 15)).isEqualTo(14);
  }

  @Test
  void keepsPeersApart() {
    filter.filter(id(1), 10);
    assertThat(filter.filter(id(2), 70)).isEqualTo(70);
  }

  @Test
  void forgetsThePeerNotHeardForLongest() {
    for (int peer = 0; peer < 1_000; peer++) {
      filter.filter(id(0), 10);
      filter.filter(id(peer + 1), 50);
    }
    assertThat(filter.size()).isEqualTo(64);
    assertThat(filter.filter(id(0), 900)).isEqualTo(10);
    assertThat(filter.filter(id(1), 900)).isEqualTo(900);
  }
}
