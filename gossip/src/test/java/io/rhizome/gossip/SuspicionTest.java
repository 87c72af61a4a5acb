// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.id;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SuspicionTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int MEMBERS = 10;

  private final GossipConfig config = GossipConfig.defaults();
  private final long shortest = config.suspicionNanos(MEMBERS);

  private Suspicion raise(int members) {
    return Suspicion.raise(-SECOND, id(1), config, members);
  }

  private static boolean expiresAt(Suspicion suspicion, long nanos) {
    return suspicion.isExpired(nanos - SECOND) && !suspicion.isExpired(nanos - SECOND - 1);
  }

  @Test
  void oneAccuserAloneWaitsSixTimesAsLong() {
    assertThat(expiresAt(raise(MEMBERS), 6 * shortest)).isTrue();
  }

  @Test
  void eachFurtherAccuserShortensTheTimeToWhatSwimGives() {
    Suspicion suspicion = raise(MEMBERS);
    assertThat(suspicion.confirm(id(2))).isTrue();
    // log(2) / log(4) is a half.
    assertThat(expiresAt(suspicion, 6 * shortest - 5 * shortest / 2)).isTrue();
    assertThat(suspicion.confirm(id(3))).isTrue();
    assertThat(suspicion.confirm(id(4))).isTrue();
    assertThat(expiresAt(suspicion, shortest)).isTrue();
    assertThat(suspicion.confirm(id(5))).as("no more is wanted").isFalse();
  }

  @Test
  void theSameAccuserCountsOnce() {
    Suspicion suspicion = raise(MEMBERS);
    assertThat(suspicion.confirm(id(1))).isFalse();
    assertThat(suspicion.confirm(id(2))).isTrue();
    assertThat(suspicion.confirm(id(2))).isFalse();
  }

  @Test
  void whereTooFewCouldConfirmTheTimeIsWhatSwimGives() {
    assertThat(expiresAt(raise(4), config.suspicionNanos(4))).isTrue();
    assertThat(raise(4).confirm(id(2))).isFalse();
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
