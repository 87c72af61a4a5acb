// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Views;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One test per arrow of the table above {@link OutlierDetector}, and its bounds. */
class OutlierDetectorTest {
  private static final long MILLI = 1_000_000L;
  private static final int PEERS = 5;
  private static final NodeId A = Views.node(1);
  private static final NodeId B = Views.node(2);

  /** Below zero, as {@link System#nanoTime} may be. */
  private long now = -1_000 * MILLI;

  private final OutlierDetector detector = new OutlierDetector();

  private boolean fail(NodeId peer) {
    return detector.onFailure(now, peer, false, PEERS);
  }

  private boolean breakConnection(NodeId peer, int peers) {
    return detector.onFailure(now, peer, true, peers);
  }

  @Test
  void threeFailuresInARowEject() {
    assertThat(fail(A)).isFalse();
    assertThat(fail(A)).isFalse();
    assertThat(detector.isEjected(A)).isFalse();
    assertThat(fail(A)).isTrue();
    assertThat(detector.isEjected(A)).isTrue();
    assertThat(detector.isEjected(B)).isFalse();
    assertThat(detector.ejected()).isEqualTo(1);
  }

  @Test
  void anAnswerBetweenBreaksTheRow() {
    fail(A);
    fail(A);
    detector.onAnswer(A);
    assertThat(fail(A)).isFalse();
    assertThat(fail(A)).isFalse();
    assertThat(fail(A)).isTrue();
  }

  @Test
  void failuresOfOthersAreNoPartOfTheRow() {
    fail(A);
    fail(A);
    assertThat(fail(B)).isFalse();
    assertThat(detector.ejected()).isZero();
  }

  @Test
  void oneFailureOfAConnectionEjects() {
    assertThat(breakConnection(A, PEERS)).isTrue();
    assertThat(detector.isEjected(A)).isTrue();
  }

  @Test
  void isEjectedOnceHoweverOftenItFails() {
    breakConnection(A, PEERS);
    assertThat(breakConnection(A, PEERS)).isFalse();
    assertThat(detector.ejections()).isEqualTo(1);
    assertThat(detector.ejected()).isEqualTo(1);
  }

  @Test
  void anAnswerLetsItInAgain() {
    breakConnection(A, PEERS);
    detector.onAnswer(A);
    assertThat(detector.isEjected(A)).isFalse();
    assertThat(detector.ejected()).isZero();
    assertThat(detector.dueForAsking(now + 60_000 * MILLI)).isEmpty();
    detector.onAnswer(A);
    assertThat(detector.ejected()).isZero();
  }

  @Test
  void noMoreThanATenthIsLeftOutYetAlwaysOne() {
    assertThat(breakConnection(A, 0)).isTrue();
    assertThat(breakConnection(B, 19)).isFalse();
    assertThat(breakConnection(B, 20)).isTrue();
    assertThat(breakConnection(Views.node(3), 29)).isFalse();
    assertThat(detector.ejected()).isEqualTo(2);
  }

  @Test
  void whoFailsOnIsLeftOutOnceThereIsRoom() {
    breakConnection(A, PEERS);
    assertThat(breakConnection(B, PEERS)).isFalse();
    detector.onAnswer(A);
    assertThat(detector.isEjected(B)).isFalse();
    assertThat(breakConnection(B, PEERS)).isTrue();
  }

  @Test
  void isAskedAfterEverLongerPauses() {
    breakConnection(A, PEERS);
    long start = now;
    long due = 0;
    for (long pause : new long[] {250, 500, 1_000, 2_000, 4_000, 4_000}) {
      due += pause * MILLI;
      assertThat(detector.dueForAsking(start + due - 1)).isEmpty();
      assertThat(detector.dueForAsking(start + due)).isEqualTo(List.of(A));
    }
  }

  @Test
  void whoIsNotLeftOutIsNotAsked() {
    fail(A);
    fail(A);
    now += 60_000 * MILLI;
    assertThat(detector.dueForAsking(now)).isEmpty();
  }

  @Test
  void whoLeftIsForgottenAndMakesRoom() {
    breakConnection(A, PEERS);
    detector.forget(A);
    assertThat(detector.isEjected(A)).isFalse();
    assertThat(detector.ejected()).isZero();
    assertThat(breakConnection(B, PEERS)).isTrue();
    assertThat(detector.ejections()).isEqualTo(2);
  }

  @Test
  void aPeerThatSaysHowBusyItIsAndHangsIsAskedMoreAndMoreRarely() {
    NodeId peer = A;
    OutlierDetector detector = new OutlierDetector();
    detector.onFailure(0, peer, true, 9);
    long now = 0;
    long last = 0;
    for (int round = 0; round < 4; round++) {
      long asked = now;
      while (detector.dueForAsking(now).isEmpty()) {
        now += Views.MILLI;
      }
      assertThat(now - asked).isGreaterThan(last);
      last = now - asked;
      detector.onLoad(peer);
      assertThat(detector.isEjected(peer)).isFalse();
      detector.onFailure(now, peer, false, 9);
      assertThat(detector.isEjected(peer)).isTrue();
    }

    detector.onAnswer(peer);
    detector.onFailure(now, peer, false, 9);
    assertThat(detector.isEjected(peer)).isFalse();
  }
}
