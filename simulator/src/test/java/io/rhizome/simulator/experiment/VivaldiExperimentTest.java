// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VivaldiExperimentTest {
  @Test
  void theMatrixBreaksTheTriangleInequalityOftenEnough() {
    ClusteredLatency matrix = new ClusteredLatency(200, new Random(1));
    assertThat(matrix.violations(new Random(2)).share()).isGreaterThan(0.05);
    assertThat(matrix.nanos(3, 4)).isEqualTo(matrix.nanos(4, 3));
    assertThat(new ClusteredLatency(200, new Random(1)).nanos(3, 4)).isEqualTo(matrix.nanos(3, 4));
  }

  @Test
  void nodesThatHardlyProbedEstimateBadlyAndThoseThatDidWell() {
    assertThat(median(run(Duration.ofSeconds(2)))).isGreaterThan(0.5);
    List<Reading> learned = run(Duration.ofMinutes(5));
    assertThat(median(learned)).isLessThanOrEqualTo(0.13);
    assertThat(run(Duration.ofMinutes(5))).isEqualTo(learned);
  }

  private static List<Reading> run(Duration length) {
    return new VivaldiExperiment(new VivaldiExperiment.Plan(150, length)).run(1, line -> {});
  }

  private static double median(List<Reading> readings) {
    assertThat(readings.get(0).name()).isEqualTo("vivaldi_p50");
    return readings.get(0).value();
  }
}
