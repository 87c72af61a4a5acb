// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.Voters.node;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Duration LEAST = Duration.ofSeconds(1);

  private final Pace pace = new Pace(LEAST);

  private void measure(int voter, long millis, int times) {
    for (int i = 0; i < times; i++) {
      pace.onRoundTrip(node(voter), TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  @Test
  void shortRoundTripsLeaveTheElectionTimeOutAsConfigured() {
    measure(1, 2, 20);
    measure(2, 40, 20);
    assertThat(pace.election()).isEqualTo(LEAST);
    assertThat(pace.callNanos(1_500_000_000L)).isEqualTo(1_500_000_000L);
  }

  @Test
  void oneSlowAnswerOnAShortLinkChangesNothing() {
    measure(1, 2, 20);
    measure(1, 350, 1);
    assertThat(pace.election()).isEqualTo(LEAST);
  }

  @Test
  void roundTripsOf600MillisecondsGiveSeveralOfThem() {
    measure(1, 2, 20);
    measure(2, 600, 5);
    assertThat(pace.election()).isBetween(Duration.ofMillis(3_600), Duration.ofMillis(4_800));
    assertThat(pace.callNanos(1_500_000_000L)).isGreaterThan(2_000_000_000L);
  }

  @Test
  void onALossyLinkTheAnswersThatCameAtOnceCount() {
    measure(1, 2_500, 1);
    for (int i = 0; i < 10; i++) {
      measure(1, 600, 3);
      measure(1, 3_000, 1);
    }
    assertThat(pace.election()).isEqualTo(Duration.ofMillis(4_800));
  }

  @Test
  void aTimeOutThatIsRightEnoughStays() {
    measure(1, 600, 10);
    Duration before = pace.election();
    measure(1, 700, 10);
    measure(1, 500, 10);
    assertThat(pace.election()).isEqualTo(before);
  }

  @Test
  void itGoesBackOnceTheSlowVoterIsGoneOrQuick() {
    measure(1, 600, 10);
    measure(2, 2, 1);
    pace.onVoters(List.of(node(2)));
    measure(2, 2, 1);
    assertThat(pace.election()).isEqualTo(LEAST);
    measure(1, 600, 10);
    measure(1, 2, 60);
    assertThat(pace.election()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void itIsNeverLongerThanHalfAMinute() {
    measure(1, 60_000, 10);
    assertThat(pace.election()).isEqualTo(Duration.ofSeconds(30));
  }
}
