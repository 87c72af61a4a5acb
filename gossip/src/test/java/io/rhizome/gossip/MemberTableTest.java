// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.accusation;
import static io.rhizome.gossip.Fixtures.authority;
import static io.rhizome.gossip.Fixtures.forged;
import static io.rhizome.gossip.Fixtures.id;
import static io.rhizome.gossip.Fixtures.own;
import static io.rhizome.gossip.Fixtures.sender;
import static io.rhizome.gossip.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Member.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One test per arrow of the table in {@link MemberTable}. */
class MemberTableTest {
  private static final long SECOND = 1_000_000_000L;

  private final GossipConfig config = GossipConfig.defaults();
  private final Tally tally = new Tally();
  private final Verifier verifier = new Verifier(authority(0), tally);
  private final News news = new News();
  private final MemberTable table =
      new MemberTable(config, id(0), authority(0), verifier, news, tally);
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
  void twoAccusersMakeTheAliveSuspectWhileAnybodyElseIsHeard() {
    meet(1, 2, 3);
    accuse(0, 2);
    assertThat(status()).isEqualTo(Status.ALIVE);
    accuse(0, 2);
    assertThat(status()).as("the same again").isEqualTo(Status.ALIVE);
    accuse(0, 3);
    assertThat(status()).isEqualTo(Status.SUSPECT);
    assertThat(out.events).contains(new SwimEvent.Suspected(id(1), id(3)));
  }

  @Test
  void oneAccuserIsEnoughWhereNobodyElseIsHeard() {
    table.onAlive(0, one.alive(), out);
    accuse(0, 2);
    assertThat(status()).isEqualTo(Status.SUSPECT);
  }

  @Test
  void whatOneMemberSaysIsRoutedAroundAtOnceAndEndsWithoutADeath() {
    meet(1, 2, 3);
    table.onHeard(10 * SECOND, sender(3));
    accuse(10 * SECOND, 2);
    assertThat(reachability()).isEqualTo(Reachability.NONE);
    long over = 10 * SECOND + 6 * config.suspicionNanos(4);
    table.onHeard(over, sender(3));
    tick(over);
    assertThat(status()).isEqualTo(Status.ALIVE);
    assertThat(reachability()).isEqualTo(Reachability.DIRECT);
  }

  @Test
  void whoAnsweredThisNodeJustNowIsReachedWhateverOthersSay() {
    meet(1, 2, 3);
    table.onAnswer(10 * SECOND, peer(1), Sender.Link.DATAGRAM, out);
    accuse(10 * SECOND + 1, 2);
    assertThat(reachability()).isEqualTo(Reachability.DIRECT);
  }

  @Test
  void aForgedAccusationChangesNothingAndIsCounted() {
    table.onAlive(0, one.alive(), out);
    Accusation forged =
        new Accusation(id(1), one.incarnation(), id(2), Bytes.of(new byte[] {1, 2, 3, 4}));
    table.onAccusation(0, forged, out);
    assertThat(status()).isEqualTo(Status.ALIVE);
    assertThat(tally.recordsRejected).isEqualTo(1);
  }

  @Test
  void anAccusationOfAnotherIncarnationChangesNothing() {
    SignedRecord before = one.alive();
    table.onAlive(0, one.outlive(before.version()), out);
    table.onAccusation(0, accusation(1, before.version(), 2), out);
    table.onAccusation(0, accusation(1, one.incarnation() + 1, 2), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
  }

  @Test
  void aSuspectThatRefutedIsAliveAgainAfterAMinuteWithoutAnAccusation() {
    suspect();
    table.onAlive(0, one.outlive(one.incarnation()), out);
    tick(MemberTable.CALM_NANOS - 1);
    assertThat(status()).isEqualTo(Status.SUSPECT);
    tick(MemberTable.CALM_NANOS);
    assertThat(status()).isEqualTo(Status.ALIVE);
    assertThat(out.events).contains(new SwimEvent.Cleared(id(1)));
  }

  @Test
  void theSameIncarnationDoesNotClearTheSuspect() {
    suspect();
    assertThat(table.onAlive(0, one.alive(), out)).isInstanceOf(Message.Challenge.class);
    tick(1);
    assertThat(peer(1).suspicion).isNotNull();
  }

  @Test
  void aSuspectThatDoesNotRefuteInTimeIsDead() {
    suspect();
    tick(config.suspicionNanos(2) - 1);
    assertThat(status()).isEqualTo(Status.SUSPECT);
    tick(config.suspicionNanos(2));
    assertThat(status()).isEqualTo(Status.DEAD);
    assertThat(out.events).contains(new SwimEvent.Died(id(1)));
  }

  @Test
  void aSuspectThatAnswersThisNodeIsNotBuriedByIt() {
    suspect();
    table.onAnswer(SECOND, peer(1), Sender.Link.DATAGRAM, out);
    tick(config.suspicionNanos(2));
    assertThat(status()).isEqualTo(Status.SUSPECT);
    tick(config.suspicionNanos(2) + SECOND);
    assertThat(status()).isEqualTo(Status.DEAD);
  }

  @Test
  void anOpenSuspicionIsPutToTheAccusedTwiceBeforeItsTimeIsOver() {
    suspect();
    long time = config.suspicionNanos(2);
    List<NodeId> called = new ArrayList<>();
    for (long now = 0; now < time; now = table.nextDeadlineNanos(time)) {
      table.onTick(now, accused -> called.add(accused.id), out);
    }
    assertThat(called).containsExactly(id(1), id(1));
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

    tick(config.forgetAfterNanos());
    assertThat(status()).isNull();
    assertThat(table.onAlive(0, lost.alive(), out)).isEqualTo(new Message.Statement(goodbye));
  }

  @Test
  void aSmallChangeOfTheRoundTripIsNoChangeOfTheView() {
    table.onAlive(0, one.alive(), out);
    table.onRoundTrip(peer(1), 8_000);
    long before = table.changes();
    table.onRoundTrip(peer(1), 8_100);
    assertThat(table.changes()).isEqualTo(before);
    table.onRoundTrip(peer(1), 80_000);
    assertThat(table.changes()).isGreaterThan(before);
  }

  @Test
  void theDeadComesBackWithAHigherIncarnationOnly() {
    kill();
    assertThat(table.onAlive(0, one.alive(), out)).isInstanceOf(Message.Challenge.class);
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
    accuse(0, 2);
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
    accuse(0, 2);
    assertThat(status()).isEqualTo(Status.LEFT);
    table.onAlive(0, own(1, 2).alive(), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
  }

  @Test
  void theDeadIsForgottenInTimeAndItsOldIncarnationStaysBuried() {
    kill();
    tick(config.suspicionNanos(2) + config.forgetAfterNanos());
    assertThat(status()).isNull();
    assertThat(table.onAlive(0, one.alive(), out)).isInstanceOf(Message.Challenge.class);
    assertThat(status()).isNull();
    assertThat(table.objection(id(1))).isEqualTo(new Message.Challenge(id(1), one.incarnation()));
    table.onAlive(0, one.outlive(one.incarnation()), out);
    assertThat(status()).isEqualTo(Status.ALIVE);
  }

  @Test
  void aHigherBootEpochReplacesTheOldSelfAndAllItSaid() {
    OwnRecords loaded = own(1, 1);
    table.onAlive(0, loaded.alive(), out);
    loaded.publish(state(1, 3)).forEach(table::onRecord);
    assertThat(peer(1).records.models()).hasSize(3);
    table.onAlive(0, own(1, 2).alive(), out);
    assertThat(peer(1).records.models()).isEmpty();
    loaded.publish(state(1, 4)).forEach(table::onRecord);
    assertThat(peer(1).records.models()).as("the ghost is not heard").isEmpty();
  }

  @Test
  void aFullTableForgetsTheGoneForTheNewAndKeepsTheLiving() {
    GossipConfig small =
        new GossipConfig(
            1000, 500, 3, 4, 200, 3, 500, 4, 1000, 1000, 9000, 1, 1, 2, GossipConfig.Lifeguard.ON);
    MemberTable two = new MemberTable(small, id(0), authority(0), verifier, news, tally);
    two.onAlive(0, own(1, 1).alive(), out);
    two.onAlive(0, own(2, 1).alive(), out);
    two.onAlive(0, own(3, 1).alive(), out);
    assertThat(two.inUse()).extracting(peer -> peer.id).containsExactlyInAnyOrder(id(1), id(2));
    assertThat(tally.recordsOverCap).isEqualTo(1);
    two.onLeave(0, own(2, 1).leave(), out);
    two.onAlive(0, own(3, 1).alive(), out);
    assertThat(two.inUse()).extracting(peer -> peer.id).containsExactlyInAnyOrder(id(1), id(3));
    assertThat(two.all().size()).isEqualTo(2);
  }

  @Test
  void roundTripsAreSmoothed() {
    table.onAlive(0, one.alive(), out);
    table.onRoundTrip(peer(1), 800);
    table.onRoundTrip(peer(1), 1600);
    assertThat(peer(1).rttNanos).isEqualTo(900L);
  }

  private void suspect() {
    table.onAlive(0, one.alive(), out);
    accuse(0, 2);
  }

  private void kill() {
    suspect();
    tick(config.suspicionNanos(2));
  }

  private void accuse(long now, int accuser) {
    table.onAccusation(now, accusation(1, one.incarnation(), accuser), out);
  }

  private void tick(long now) {
    table.onTick(now, accused -> {}, out);
  }

  /** Members that have answered just now. */
  private void meet(int... nodes) {
    for (int node : nodes) {
      table.onAlive(0, node == 1 ? one.alive() : own(node, 1).alive(), out);
      table.onAnswer(0, peer(node), Sender.Link.DATAGRAM, out);
      table.onHeard(0, sender(node));
    }
  }

  private Peer peer(int node) {
    return Objects.requireNonNull(table.get(id(node)));
  }

  private Reachability reachability() {
    return peer(1).link.reachability();
  }

  private @Nullable Status status() {
    Peer peer = table.get(id(1));
    return peer == null ? null : peer.status;
  }
}
