// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.simulator.experiment.plain.PlainConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlainBaselineTest {
  private static final int MEMBERS = 16;

  private final PlainBaseline baseline = new PlainBaseline(PlainConfig.baseline(), MEMBERS);

  @Test
  void countsTheHealthyWhomTheHealthyBuryBecauseOfOneThatIsStalled() {
    StarvedExperiment.Cell cell =
        new StarvedExperiment.Cell(1, Duration.ofSeconds(16), Duration.ofSeconds(1));

    assertThat(baseline.falseDeaths(1, List.of(5), cell, 2)).isGreaterThanOrEqualTo(MEMBERS - 2);
  }

  @Test
  void countsNothingWhereNobodyIsStalledForLongerThanAProbe() {
    StarvedExperiment.Cell cell =
        new StarvedExperiment.Cell(1, Duration.ofMillis(128), Duration.ofSeconds(1));

    assertThat(baseline.falseDeaths(1, List.of(5), cell, 20)).isZero();
  }

  @Test
  void countsNoDeathsThatOnlyTheStalledSee() {
    StarvedExperiment.Cell cell =
        new StarvedExperiment.Cell(1, Duration.ofSeconds(16), Duration.ofSeconds(16));
    List<Integer> all = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    assertThat(baseline.falseDeaths(1, all, cell, 2)).isZero();
  }

  @Test
  void timesACrashAtAllWhoAreLeft() {
    List<Double> seconds = baseline.deadSeconds(1, 3, Duration.ofSeconds(30));

    assertThat(seconds).hasSize(MEMBERS - 1).isSorted();
    assertThat(seconds.get(0)).isBetween(6.0, 9.0);
  }
}
