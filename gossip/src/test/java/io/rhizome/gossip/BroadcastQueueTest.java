// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.id;
import static io.rhizome.gossip.Fixtures.own;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BroadcastQueueTest {
  private static final int ROOM = Message.PACKET_BYTES;

  private final BroadcastQueue queue = new BroadcastQueue(3);

  @Test
  void tellsAChangeAsOftenAsTheLimitSays() {
    queue.addAccusation(id(1), accusation(1));
    assertThat(queue.take(ROOM, 2)).hasSize(1);
    assertThat(queue.take(ROOM, 2)).hasSize(1);
    assertThat(queue.take(ROOM, 2)).isEmpty();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void tellsTheLeastToldFirstAndTheNewestAmongThem() {
    queue.addAccusation(id(1), accusation(1));
    queue.take(ROOM, 9);
    queue.addAccusation(id(2), accusation(2));
    queue.addAccusation(id(3), accusation(3));
    assertThat(queue.take(ROOM, 9)).containsExactly(accusation(3), accusation(2), accusation(1));
  }

  @Test
  void newsReplacesWhatWasQueuedAboutTheSame() {
    Message verdict = new Message.Dead(id(1), 1, id(0));
    queue.addAccusation(id(1), accusation(1));
    queue.addAccusation(id(1), verdict);
    assertThat(queue.take(ROOM, 9)).containsExactly(verdict);
  }

  @Test
  void anAliveEndsTheAccusationButNotTheOtherWayRound() {
    SignedRecord alive = own(1, 1).alive();
    queue.addAccusation(id(1), accusation(1));
    queue.addRecord(alive);
    assertThat(queue.take(ROOM, 9)).containsExactly(new Message.Statement(alive));
    queue.addAccusation(id(1), accusation(1));
    assertThat(queue.take(ROOM, 9)).containsExactly(accusation(1), new Message.Statement(alive));
  }

  @Test
  void aLeaveEndsTheAlive() {
    OwnRecords one = own(1, 1);
    queue.addRecord(one.alive());
    queue.addRecord(one.leave());
    assertThat(queue.take(ROOM, 9)).containsExactly(new Message.Statement(one.leave()));
  }

  @Test
  void takesNoMoreThanFits() {
    queue.addAccusation(id(1), accusation(1));
    queue.addAccusation(id(2), accusation(2));
    int one = accusation(1).bytes();
    assertThat(queue.take(one - 1, 9)).isEmpty();
    assertThat(queue.take(2 * one - 1, 9)).hasSize(1);
  }

  @Test
  void whenFullTheMostToldGoes() {
    queue.addAccusation(id(1), accusation(1));
    queue.take(ROOM, 9);
    queue.addAccusation(id(2), accusation(2));
    queue.addAccusation(id(3), accusation(3));
    queue.addAccusation(id(4), accusation(4));
    assertThat(queue.size()).isEqualTo(3);
    assertThat(queue.take(ROOM, 9)).doesNotContain(accusation(1));
  }

  private static Message accusation(int node) {
    return new Message.Suspect(id(node), 1, id(0));
  }
}
