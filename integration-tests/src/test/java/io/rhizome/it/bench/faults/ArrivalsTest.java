// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void eachKindArrivesAtItsRateInTheOrderOfTime() {
    Arrivals arrivals = Arrivals.poisson(new Random(7), 100 * SECOND, 100, 300);
    int[] counts = new int[2];
    long before = 0;
    for (int i = 0; i < arrivals.count(); i++) {
      assertThat(arrivals.nanos(i)).isBetween(before, 100 * SECOND - 1);
      before = arrivals.nanos(i);
      counts[arrivals.kind(i)]++;
    }
    assertThat(counts[0]).isCloseTo(10_000, within(500));
    assertThat(counts[1]).isCloseTo(30_000, within(900));
  }

  @Test
  void gapsVaryAsThoseOfAPoissonProcessDo() {
    Arrivals arrivals = Arrivals.poisson(new Random(7), 100 * SECOND, 400);
    double sum = 0;
    double squares = 0;
    for (int i = 1; i < arrivals.count(); i++) {
      double gap = (arrivals.nanos(i) - arrivals.nanos(i - 1)) / 1e6;
      sum += gap;
      squares += gap * gap;
    }
    double mean = sum / (arrivals.count() - 1);
    double deviation = Math.sqrt(squares / (arrivals.count() - 1) - mean * mean);
    assertThat(mean).isCloseTo(2.5, within(0.05));
    assertThat(deviation).as("as large as the mean").isCloseTo(mean, within(0.1));
  }

  @Test
  void theSameSeedGivesTheSameArrivals() {
    Arrivals one = Arrivals.poisson(new Random(3), SECOND, 50, 150);
    Arrivals other = Arrivals.poisson(new Random(3), SECOND, 50, 150);
    assertThat(one.count()).isEqualTo(other.count());
    for (int i = 0; i < one.count(); i++) {
      assertThat(one.nanos(i)).isEqualTo(other.nanos(i));
      assertThat(one.kind(i)).isEqualTo(other.kind(i));
    }
  }
}
