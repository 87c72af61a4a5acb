// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.accusation;
import static io.rhizome.gossip.Fixtures.own;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BroadcastQueueTest {
  private static final int ROOM = Message.PACKET_BYTES;

  private final BroadcastQueue queue = new BroadcastQueue(3);

  @Test
  void tellsAChangeAsOftenAsTheLimitSays() {
    queue.add(accusation(1, 0));
    assertThat(queue.take(ROOM, 2)).hasSize(1);
    assertThat(queue.take(ROOM, 2)).hasSize(1);
    assertThat(queue.take(ROOM, 2)).isEmpty();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void tellsTheLeastToldFirstAndTheNewestAmongThem() {
    queue.add(accusation(1, 0));
    queue.take(ROOM, 9);
    queue.add(accusation(2, 0));
    queue.add(accusation(3, 0));
    assertThat(queue.take(ROOM, 9))
        .containsExactly(told(accusation(3, 0)), told(accusation(2, 0)), told(accusation(1, 0)));
  }

  @Test
  void whatOneAccuserSaysAnewReplacesWhatItSaidAndNotWhatOthersSay() {
    Accusation anew = accusation(1, 2L << 32, 0);
    queue.add(accusation(1, 0));
    queue.add(accusation(1, 2));
    queue.add(anew);
    assertThat(queue.take(ROOM, 9)).containsExactly(told(anew), told(accusation(1, 2)));
  }

  @Test
  void anAliveEndsTheAccusationButNotTheOtherWayRound() {
    SignedRecord alive = own(1, 1).alive();
    queue.add(accusation(1, 0));
    queue.add(alive);
    assertThat(queue.take(ROOM, 9)).containsExactly(new Message.Statement(alive));
    queue.add(accusation(1, 0));
    assertThat(queue.take(ROOM, 9))
        .containsExactly(told(accusation(1, 0)), new Message.Statement(alive));
  }

  @Test
  void aLeaveEndsTheAlive() {
    OwnRecords one = own(1, 1);
    queue.add(one.alive());
    queue.add(one.leave());
    assertThat(queue.take(ROOM, 9)).containsExactly(new Message.Statement(one.leave()));
  }

  @Test
  void takesNoMoreThanFits() {
    SignedRecord alive = own(1, 1).alive();
    queue.add(alive);
    queue.add(own(2, 1).alive());
    int one = new Message.Statement(alive).bytes();
    assertThat(queue.take(one - 1, 9)).isEmpty();
    assertThat(queue.take(2 * one - 1, 9)).hasSize(1);
  }

  @Test
  void whenFullTheMostToldGoes() {
    queue.add(accusation(1, 0));
    queue.take(ROOM, 9);
    queue.add(accusation(2, 0));
    queue.add(accusation(3, 0));
    queue.add(accusation(4, 0));
    assertThat(queue.size()).isEqualTo(3);
    assertThat(queue.take(ROOM, 9)).doesNotContain(told(accusation(1, 0)));
  }

  private static Message told(Accusation accusation) {
    return new Message.Accuse(accusation);
  }
}
