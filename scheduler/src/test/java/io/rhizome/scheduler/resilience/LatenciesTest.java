// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
  private static final long MILLI = 1_000_000L;

  private final Latencies latencies = new Latencies();

  private void add(int times, String model, long nanos) {
    for (int i = 0; i < times; i++) {
      latencies.add(0, model, nanos);
    }
  }

  @Test
  void knowsNothingOfAModelThatWasNotAnswered() {
    assertThat(latencies.timeoutNanos(0, "digits")).isEqualTo(-1);
    assertThat(latencies.hedgeNanos(0, "digits")).isEqualTo(-1);
  }

  @Test
  void modelsHaveTimesOfTheirOwn() {
    add(100, "small", 8 * MILLI);
    add(100, "large", 800 * MILLI);

    assertThat(latencies.hedgeNanos(0, "small")).isBetween(8 * MILLI, 9 * MILLI);
    assertThat(latencies.hedgeNanos(0, "large")).isBetween(800 * MILLI, 900 * MILLI);
    assertThat(latencies.timeoutNanos(0, "large")).isBetween(4_000 * MILLI, 4_500 * MILLI);
  }

  @Test
  void bothAreOfTheSlowestTwentieth() {
    add(940, "digits", 50 * MILLI);
    add(40, "digits", 100 * MILLI);
    add(20, "digits", 200 * MILLI);

    assertThat(latencies.hedgeNanos(0, "digits")).isBetween(100 * MILLI, 113 * MILLI);
    assertThat(latencies.timeoutNanos(0, "digits")).isBetween(500 * MILLI, 565 * MILLI);
  }

  @Test
  void theFewThatAHungNodeAnswersLateTeachNoPatience() {
    add(980, "digits", 10 * MILLI);
    add(20, "digits", 2_000 * MILLI);

    assertThat(latencies.timeoutNanos(0, "digits")).isEqualTo(100 * MILLI);
  }

  @Test
  void neitherIsTooShort() {
    add(100, "digits", 1);

    assertThat(latencies.timeoutNanos(0, "digits")).isEqualTo(100 * MILLI);
    assertThat(latencies.hedgeNanos(0, "digits")).isEqualTo(2 * MILLI);
  }

  @Test
  void timesBeyondMeasureDoNotWrap() {
    add(100, "digits", Long.MAX_VALUE);

    assertThat(latencies.timeoutNanos(0, "digits")).isGreaterThan(Long.MAX_VALUE / 2);
  }

  @Test
  void thereAreOnlySoManyModels() {
    for (int i = 0; i < 4_096; i++) {
      add(1, "model" + i, MILLI);
    }
    add(100, "one more", MILLI);
    add(100, "model7", MILLI);

    assertThat(latencies.hedgeNanos(0, "one more")).isEqualTo(-1);
    assertThat(latencies.hedgeNanos(0, "model7")).isPositive();
  }
}
