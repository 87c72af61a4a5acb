// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.authority;
import static io.rhizome.gossip.Fixtures.endpoint;
import static io.rhizome.gossip.Fixtures.id;
import static io.rhizome.gossip.Fixtures.own;
import static io.rhizome.gossip.Fixtures.sender;
import static io.rhizome.gossip.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Node 0 sleeps, which is that no time reaches it; it knew nodes 1 and 2. */
class SleeperTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long FORGOTTEN = GossipConfig.defaults().forgetAfterNanos();
  private static final Endpoint SEED = endpoint(7);

  private final Swim swim =
      new Swim(0, id(0), 7, state(0, 2), GossipConfig.defaults(), authority(0), new Random(1));
  private final Fixtures.Recorder out = new Fixtures.Recorder();
  private final OwnRecords one = own(1, 1);
  private final OwnRecords two = own(2, 1);
  private long now;

  @Test
  void aNodeThatSleptAsLongAsTheDeadAreRememberedKnowsNobodyAnyMore() {
    meetBoth();
    long before = swim.view().version();
    wakeAfter(FORGOTTEN + 5 * SECOND);
    assertThat(swim.view().members()).containsOnlyKeys(id(0));
    assertThat(swim.view().version()).isGreaterThan(before);
    assertThat(out.events).hasAtLeastOneElementOfType(SwimEvent.StartedAfresh.class);
  }

  @Test
  void itAsksItsSeedAndWhomItKnewToBeLetIn() {
    swim.join(now, List.of(SEED));
    meetBoth();
    out.clear();
    wakeAfter(FORGOTTEN + 5 * SECOND);
    for (int node : List.of(1, 2, 7)) {
      assertThat(out.to(node, Message.Join.class)).as("node %d", node).hasSize(1);
    }
  }

  @Test
  void itOutlivesWhatWasSaidOfItAndSaysTheSameOfItselfAsBefore() {
    meetBoth();
    wakeAfter(FORGOTTEN + 5 * SECOND);
    Member itself = swim.view().member(id(0)).orElseThrow();
    assertThat(itself.incarnation()).isEqualTo((7L << 32) + 1);
    assertThat(itself.state()).isEqualTo(state(0, 2));
    hear(1, new Message.Pull(id(0).prefix(), 0, 0, -1, List.of()));
    assertThat(out.to(1, Message.Statement.class))
        .extracting(said -> said.record().key().kind())
        .contains(RecordKey.Kind.ALIVE, RecordKey.Kind.LABELS, RecordKey.Kind.MODEL);
  }

  @Test
  void whomItMeetsAgainItTakesInAndWhomItDoesNotItNamesToNobody() {
    meetBoth();
    wakeAfter(FORGOTTEN + 5 * SECOND);
    out.clear();
    hear(1, new Message.Join(one.alive()));
    assertThat(swim.view().members()).containsOnlyKeys(id(0), id(1));
    assertThat(out.to(1, Message.Digest.class))
        .flatExtracting(Message.Digest::entries)
        .extracting(Message.Digest.Entry::owner)
        .doesNotContain(id(2).prefix());
  }

  @Test
  void aPacketMayWakeItBeforeItsTick() {
    meetBoth();
    now += FORGOTTEN + 5 * SECOND;
    swim.onPacket(now, sender(1), List.of(new Message.Ping(5, id(0))), out);
    assertThat(swim.view().members()).containsOnlyKeys(id(0));
    swim.onTick(now, out);
    assertThat(out.events).filteredOn(SwimEvent.StartedAfresh.class::isInstance).hasSize(1);
  }

  @Test
  void aShorterSleepChangesNothing() {
    meetBoth();
    wakeAfter(FORGOTTEN - 5 * SECOND);
    assertThat(swim.view().members()).containsOnlyKeys(id(0), id(1), id(2));
    assertThat(out.events).doesNotHaveAnyElementsOfTypes(SwimEvent.StartedAfresh.class);
  }

  @Test
  void sleepingAgainAndAgainAddsNoSeedsWithoutEnd() {
    for (int night = 0; night < 3; night++) {
      OwnRecords stranger = own(10 + night, 1);
      hear(10 + night, new Message.Statement(stranger.alive()));
      out.clear();
      wakeAfter(FORGOTTEN + 5 * SECOND);
    }
    assertThat(out.to(12, Message.Join.class)).hasSize(1);
    assertThat(out.to(10, Message.Join.class)).isEmpty();
  }

  private void meetBoth() {
    hear(1, new Message.Statement(one.alive()));
    hear(2, new Message.Statement(two.alive()));
    assertThat(swim.view().members()).containsOnlyKeys(id(0), id(1), id(2));
  }

  private void wakeAfter(long nanos) {
    now += nanos;
    swim.onTick(now, out);
  }

  private void hear(int from, Message message) {
    swim.onPacket(now, sender(from), List.of(message), out);
    swim.onTick(now, out);
  }
}
