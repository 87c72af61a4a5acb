// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.accusation;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SuspicionTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int MEMBERS = 10;

  private final GossipConfig config = GossipConfig.defaults();
  private final long shortest = config.suspicionNanos(MEMBERS);

  private Suspicion raise(int members) {
    Suspicion suspicion = Suspicion.raise(-SECOND, config, members);
    suspicion.add(accusation(9, 1));
    return suspicion;
  }

  private static boolean isOverAt(Suspicion suspicion, long nanos) {
    return suspicion.isOver(nanos - SECOND) && !suspicion.isOver(nanos - SECOND - 1);
  }

  @Test
  void oneAccuserAloneWaitsSixTimesAsLong() {
    assertThat(isOverAt(raise(MEMBERS), 6 * shortest)).isTrue();
  }

  @Test
  void eachFurtherAccuserShortensTheTimeToWhatSwimGives() {
    Suspicion suspicion = raise(MEMBERS);
    assertThat(suspicion.add(accusation(9, 2))).isTrue();
    // log(2) / log(4) is a half.
    assertThat(isOverAt(suspicion, 6 * shortest - 5 * shortest / 2)).isTrue();
    assertThat(suspicion.add(accusation(9, 3))).isTrue();
    assertThat(suspicion.add(accusation(9, 4))).isTrue();
    assertThat(isOverAt(suspicion, shortest)).isTrue();
    assertThat(suspicion.add(accusation(9, 5))).as("no more is wanted").isFalse();
    assertThat(suspicion.accusers()).isEqualTo(4);
  }

  @Test
  void theSameAccuserCountsOnce() {
    Suspicion suspicion = raise(MEMBERS);
    assertThat(suspicion.add(accusation(9, 1))).isFalse();
    assertThat(suspicion.add(accusation(9, 2))).isTrue();
    assertThat(suspicion.add(accusation(9, 2))).isFalse();
  }

  @Test
  void whereNobodyElseCouldConfirmTheTimeIsWhatSwimGives() {
    assertThat(isOverAt(raise(2), config.suspicionNanos(2))).isTrue();
    assertThat(raise(2).add(accusation(9, 2))).isFalse();
  }

  @Test
  void whereFewCouldConfirmAllOfThemShortenItToWhatSwimGives() {
    Suspicion suspicion = raise(3);
    assertThat(suspicion.add(accusation(9, 2))).isTrue();
    assertThat(isOverAt(suspicion, config.suspicionNanos(3))).isTrue();
  }

  @Test
  void itsTimeBeginsAgainWhenTheAccusedAnswersThisNode() {
    Suspicion suspicion = raise(MEMBERS);
    suspicion.heard(0);
    assertThat(isOverAt(suspicion, 6 * shortest + SECOND)).isTrue();
  }

  @Test
  void isPutToTheAccusedAgainAndAgain() {
    Suspicion suspicion = raise(MEMBERS);
    long call = -SECOND + shortest / 2;
    for (int i = 0; i < 20; i++) {
      assertThat(suspicion.isCallDue(call - 1)).isFalse();
      assertThat(suspicion.isCallDue(call)).isTrue();
      suspicion.called();
      call += shortest / 4;
    }
  }
}
