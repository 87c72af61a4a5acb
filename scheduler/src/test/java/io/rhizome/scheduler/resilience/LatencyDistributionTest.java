// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LatencyDistributionTest {
  private static final long SECOND = 1_000_000_000L;

  /** Below zero, as {@link System#nanoTime} may be. */
  private static final long START = -15 * SECOND;

  private final LatencyDistribution distribution = new LatencyDistribution();

  private void add(int times, long nowNanos, long nanos) {
    for (int i = 0; i < times; i++) {
      distribution.add(nowNanos, nanos);
    }
  }

  @Test
  void saysNothingOfTooFew() {
    add(LatencyDistribution.MIN_SAMPLES - 1, START, 5);
    assertThat(distribution.quantileNanos(START, 0.5)).isEqualTo(-1);
    add(1, START, 5);
    assertThat(distribution.quantileNanos(START, 0.5)).isEqualTo(5);
  }

  @Property(tries = 300)
  void quantilesAreWithinAnEighthAndNeverTooLow(
      @ForAll long seed,
      @ForAll @IntRange(min = 20, max = 500) int count,
      @ForAll @DoubleRange(min = 0, max = 1) double quantile) {
    Random random = new Random(seed);
    LatencyDistribution any = new LatencyDistribution();
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      nanos[i] = random.nextLong() >>> random.nextInt(1, 64);
      any.add(START, nanos[i]);
    }
    Arrays.sort(nanos);
    long exact = nanos[Math.max(0, (int) Math.ceil(quantile * count) - 1)];

    long found = any.quantileNanos(START, quantile);

    assertThat(found).isGreaterThanOrEqualTo(exact);
    assertThat((double) found).isLessThanOrEqualTo(exact * 1.125 + 1);
  }

  @Test
  void theLongestAndTheShortestHaveTheirPlace() {
    add(10, START, -5);
    add(10, START, Long.MAX_VALUE);
    assertThat(distribution.quantileNanos(START, 0)).isZero();
    assertThat(distribution.quantileNanos(START, 1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void remembersTheWindowBefore() {
    add(20, START, 7);
    assertThat(distribution.quantileNanos(START + 19 * SECOND, 1)).isEqualTo(7);
    add(20, START + 19 * SECOND, 3);
    assertThat(distribution.quantileNanos(START + 19 * SECOND, 1)).isEqualTo(7);
    assertThat(distribution.quantileNanos(START + 19 * SECOND, 0.5)).isEqualTo(3);
  }

  @Test
  void forgetsWhatWasLongAgo() {
    add(20, START, 7);
    add(20, START + 12 * SECOND, 3);
    assertThat(distribution.quantileNanos(START + 20 * SECOND, 1)).isEqualTo(3);
    assertThat(distribution.quantileNanos(START + 30 * SECOND, 1)).isEqualTo(-1);
    add(20, START + 500 * SECOND, 5);
    assertThat(distribution.quantileNanos(START + 500 * SECOND, 1)).isEqualTo(5);
  }

  @Test
  void readingsOutOfOrderDoNoHarm() {
    add(20, START + 10 * SECOND, 7);
    add(20, START, 3);
    assertThat(distribution.quantileNanos(START, 1)).isEqualTo(7);
  }
}
