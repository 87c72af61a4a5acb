// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.it.bench.Figure;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BarsTest {
  @Test
  void theClosingLineHasItsFiguresInThisOrder() {
    assertThat(Bars.closing(new TreeMap<>()))
        .extracting(Figure::name)
        .containsExactly(
            "fp_ratio",
            "detect_ratio",
            "avoid_first_s",
            "avoid_all_s",
            "dead_all_s",
            "false_deaths",
            "bytes_per_s",
            "heal_s",
            "relay_s",
            "vivaldi_p50",
            "flaps",
            "join_2000_s",
            "ghosts",
            "speed_1000");
  }

  @Test
  void aFigureWhoseExperimentFailedIsNoFigureAndHasItsBarAllTheSame() {
    assertThat(Bars.closing(new TreeMap<>()))
        .allSatisfy(
            figure -> {
              assertThat(figure.text()).as(figure.name()).isEqualTo("NaN");
              assertThat(figure.bar()).as(figure.name()).isNotEqualTo("reported");
            });
    assertThat(Bars.further(new TreeMap<>())).extracting(Figure::text).containsOnly("NaN");
  }
}
