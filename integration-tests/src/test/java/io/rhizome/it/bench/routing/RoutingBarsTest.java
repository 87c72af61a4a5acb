// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.it.bench.Figure;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RoutingBarsTest {
  @Test
  void theClosingLineHasItsFiguresInThisOrder() {
    assertThat(RoutingBars.closing(new TreeMap<>()))
        .extracting(Figure::name)
        .containsExactly(
            "stale_err",
            "omniscient_ratio",
            "best_rival_ratio",
            "oracle_ratio",
            "live_err",
            "forbidden",
            "loops",
            "late");
  }

  @Test
  void aFigureWhoseExperimentFailedIsNoFigureAndHasItsBarAllTheSame() {
    assertThat(RoutingBars.closing(new TreeMap<>()))
        .allSatisfy(
            figure -> {
              assertThat(figure.text()).as(figure.name()).isEqualTo("NaN");
              assertThat(figure.bar()).as(figure.name()).isNotEqualTo("reported");
            });
  }

  @Test
  void theWorseOfBothLoadsCountsAgainstTheOmniscient() {
    SortedMap<String, Double> readings = new TreeMap<>();
    readings.put("omniscient_ratio_70", 1.2);
    readings.put("omniscient_ratio_90", 1.1);

    assertThat(RoutingBars.closing(readings).get(1).value()).isEqualTo(1.2);
  }

  @Test
  void theLiveRowHasItsTimesBesideTheSimulations() {
    SortedMap<String, Double> readings = new TreeMap<>();
    readings.put("live_err", 0.2);

    assertThat(RoutingBars.closing(readings).get(4).bar()).isEqualTo("at most 0.150");
    assertThat(RoutingBars.further(readings))
        .extracting(Figure::name)
        .contains("live_p50_ms_70", "sim_p99_ms_90", "live_err_p99_90", "live_failed_90");
  }
}
