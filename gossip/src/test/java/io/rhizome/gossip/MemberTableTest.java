// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.authority;
import static io.rhizome.gossip.Fixtures.forged;
import static io.rhizome.gossip.Fixtures.id;
import static io.rhizome.gossip.Fixtures.own;
import static io.rhizome.gossip.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Member.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One test per arrow of the table in {@link MemberTable}. */
class MemberTableTest {
  private static final long SECOND = 1_000_000_000L;

  private final GossipConfig config = GossipConfig.defaults();
  private final Tally tally = new Tally();
  private final NodeStateStore store = new NodeStateStore(authority(0), tally);
  private final BroadcastQueue queue = new BroadcastQueue(100);
  private final MemberTable table = new MemberTable(config, id(0), store, queue, tally);
  private final Fixtures.Recorder out = new Fixtures.Recorder();
  private final OwnRecords one = own(1, 1);

  @Test
  void aGenuineAliveOfAnUnknownNodeMakesItAlive() {
    table.onAlive(0, one.alive(), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
    assertThat(out.events).containsExactly(new SwimEvent.Joined(id(1), Fixtures.endpoint(1)));
  }

  @Test
  void aForgedAliveChangesNothingAndIsCounted() {
    table.onAlive(0, forged(one.alive()), out);
    assertThat(status()).isNull();
    assertThat(tally.recordsRejected).isEqualTo(1);
  }

  @Test
  void anAccusationMakesTheAliveSuspect() {
    table.onAlive(0, one.alive(), out);
    table.onSuspect(0, id(1), one.incarnation(), id(2), out);
    assertThat(status()).isEqualTo(Status.SUSPECT);
    assertThat(out.events).contains(new SwimEvent.Suspected(id(1), id(2)));
  }

  @Test
  void aVerdictOnTheAliveOnlyOpensASuspicion() {
    table.onAlive(0, one.alive(), out);
    table.onDead(0, id(1), one.incarnation(), id(2), out);
    assertThat(status()).isEqualTo(Status.SUSPECT);
  }

  @Test
  void anAccusationOfAnotherIncarnationChangesNothing() {
    SignedRecord before = one.alive();
    table.onAlive(0, one.outlive(before.version()), out);
    table.onSuspect(0, id(1), before.version(), id(2), out);
    table.onDead(0, id(1), one.incarnation() + 1, id(2), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
  }

  @Test
  void aHigherIncarnationClearsTheSuspect() {
    suspect();
    table.onAlive(0, one.outlive(one.incarnation()), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
    table.onTick(100 * SECOND, out);
    assertThat(status()).isEqualTo(Status.ALIVE);
    assertThat(out.events).contains(new SwimEvent.Cleared(id(1)));
  }

  @Test
  void theSameIncarnationDoesNotClearTheSuspect() {
    suspect();
    assertThat(table.onAlive(0, one.alive(), out)).isInstanceOf(Message.Suspect.class);
    assertThat(status()).isEqualTo(Status.SUSPECT);
  }

  @Test
  void aSuspectThatDoesNotRefuteInTimeIsDead() {
    suspect();
    table.onTick(config.suspicionNanos(2) - 1, out);
    assertThat(status()).isEqualTo(Status.SUSPECT);
    table.onTick(config.suspicionNanos(2), out);
    assertThat(status()).isEqualTo(Status.DEAD);
    assertThat(out.events).contains(new SwimEvent.Died(id(1)));
  }

  @Test
  void anOpenSuspicionIsPutToTheAccusedTwiceBeforeItsTimeIsOver() {
    suspect();
    long time = config.suspicionNanos(2);
    Message accusation = new Message.Suspect(id(1), one.incarnation(), id(0));
    for (long now = 0; now < time; now = table.nextDeadlineNanos(time)) {
      table.onTick(now, out);
    }
    assertThat(out.to(1)).containsExactly(accusation, accusation);
  }

  @Test
  void aVerdictOnASuspectCountsOnceTheAccusedHadThreeQuartersOfItsTime() {
    suspect();
    long late = config.suspicionNanos(2) * 3 / 4;
    for (int repeat = 0; repeat < 10; repeat++) {
      table.onDead(late - 1, id(1), one.incarnation(), id(2), out);
    }
    assertThat(status()).isEqualTo(Status.SUSPECT);
    table.onDead(late, id(1), one.incarnation(), id(2), out);
    assertThat(status()).isEqualTo(Status.DEAD);
  }

  @Test
  void anOlderLifeHearsTheNewestThatItSaidItselfOnceThatIsGone() {
    OwnRecords lost = own(1, 1);
    OwnRecords known = own(1, 5);
    table.onAlive(0, known.alive(), out);
    assertThat(table.onAlive(0, lost.alive(), out)).isEqualTo(new Message.Statement(known.alive()));

    SignedRecord goodbye = known.leave();
    table.onLeave(0, goodbye, out);
    assertThat(table.onAlive(0, lost.alive(), out)).isEqualTo(new Message.Statement(goodbye));

    table.onTick(config.forgetAfterNanos(), out);
    assertThat(status()).isNull();
    assertThat(table.onAlive(0, lost.alive(), out)).isEqualTo(new Message.Statement(goodbye));
  }

  @Test
  void aSmallChangeOfTheRoundTripIsNoChangeOfTheView() {
    table.onAlive(0, one.alive(), out);
    table.onRoundTrip(id(1), 8_000);
    long before = table.changes();
    table.onRoundTrip(id(1), 8_100);
    assertThat(table.changes()).isEqualTo(before);
    table.onRoundTrip(id(1), 80_000);
    assertThat(table.changes()).isGreaterThan(before);
  }

  @Test
  void theDeadComesBackWithAHigherIncarnationOnly() {
    kill();
    assertThat(table.onAlive(0, one.alive(), out)).isInstanceOf(Message.Dead.class);
    assertThat(status()).isEqualTo(Status.DEAD);
    table.onAlive(0, one.outlive(one.incarnation()), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
  }

  @Test
  void aGoodbyeMakesTheAliveTheSuspectAndTheDeadLeft() {
    table.onAlive(0, one.alive(), out);
    table.onLeave(0, one.leave(), out);
    assertThat(status()).isEqualTo(Status.LEFT);

    table.onAlive(0, one.outlive(one.incarnation()), out);
    table.onSuspect(0, id(1), one.incarnation(), id(2), out);
    table.onLeave(0, one.leave(), out);
    assertThat(status()).isEqualTo(Status.LEFT);

    table.onAlive(0, one.outlive(one.incarnation()), out);
    kill();
    table.onLeave(0, one.leave(), out);
    assertThat(status()).isEqualTo(Status.LEFT);
  }

  @Test
  void aForgedOrOldGoodbyeChangesNothing() {
    SignedRecord old = one.leave();
    table.onAlive(0, one.outlive(one.incarnation()), out);
    table.onLeave(0, old, out);
    table.onLeave(0, forged(one.leave()), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
  }

  @Test
  void theDepartedCannotBeAccusedAndComesBackWithAHigherIncarnation() {
    table.onAlive(0, one.alive(), out);
    table.onLeave(0, one.leave(), out);
    table.onSuspect(0, id(1), one.incarnation(), id(2), out);
    table.onDead(0, id(1), one.incarnation(), id(2), out);
    assertThat(status()).isEqualTo(Status.LEFT);
    table.onAlive(0, own(1, 2).alive(), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
  }

  @Test
  void theDeadIsForgottenInTimeAndItsOldIncarnationStaysBuried() {
    kill();
    table.onTick(config.suspicionNanos(2) + config.forgetAfterNanos(), out);
    assertThat(status()).isNull();
    assertThat(table.onAlive(0, one.alive(), out)).isInstanceOf(Message.Dead.class);
    assertThat(status()).isNull();
    assertThat(table.accusation(id(1)))
        .isEqualTo(new Message.Dead(id(1), one.incarnation(), id(0)));
    table.onAlive(0, one.outlive(one.incarnation()), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
  }

  @Test
  void aHigherBootEpochReplacesTheOldSelfAndAllItSaid() {
    OwnRecords loaded = own(1, 1);
    table.onAlive(0, loaded.alive(), out);
    loaded.publish(state(1, 3)).forEach(table::onRecord);
    assertThat(store.of(id(1)).models()).hasSize(3);
    table.onAlive(0, own(1, 2).alive(), out);
    assertThat(store.of(id(1)).models()).isEmpty();
    loaded.publish(state(1, 4)).forEach(table::onRecord);
    assertThat(store.of(id(1)).models()).as("the ghost is not heard").isEmpty();
  }

  @Test
  void aFullTableForgetsTheGoneForTheNewAndKeepsTheLiving() {
    GossipConfig small =
        new GossipConfig(
            1000, 500, 3, 4, 200, 3, 4, 1000, 1000, 9000, 1, 1, 2, GossipConfig.Lifeguard.ON);
    MemberTable two = new MemberTable(small, id(0), store, queue, tally);
    two.onAlive(0, own(1, 1).alive(), out);
    two.onAlive(0, own(2, 1).alive(), out);
    two.onAlive(0, own(3, 1).alive(), out);
    assertThat(two.all()).containsOnlyKeys(id(1), id(2));
    assertThat(tally.recordsOverCap).isEqualTo(1);
    two.onLeave(0, own(2, 1).leave(), out);
    two.onAlive(0, own(3, 1).alive(), out);
    assertThat(two.all()).containsOnlyKeys(id(1), id(3));
  }

  @Test
  void roundTripsAreSmoothed() {
    table.onAlive(0, one.alive(), out);
    table.onRoundTrip(id(1), 800);
    table.onRoundTrip(id(1), 1600);
    assertThat(table.all().get(id(1))).extracting(peer -> peer.rttNanos).isEqualTo(900L);
  }

  private void suspect() {
    table.onAlive(0, one.alive(), out);
    table.onSuspect(0, id(1), one.incarnation(), id(2), out);
  }

  private void kill() {
    suspect();
    table.onDead(config.suspicionNanos(2), id(1), one.incarnation(), id(2), out);
  }

  private @Nullable Status status() {
    Peer peer = table.get(id(1));
    return peer == null ? null : peer.status;
  }
}
