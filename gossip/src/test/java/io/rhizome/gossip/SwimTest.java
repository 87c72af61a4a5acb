// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.accusation;
import static io.rhizome.gossip.Fixtures.authority;
import static io.rhizome.gossip.Fixtures.endpoint;
import static io.rhizome.gossip.Fixtures.forged;
import static io.rhizome.gossip.Fixtures.id;
import static io.rhizome.gossip.Fixtures.own;
import static io.rhizome.gossip.Fixtures.sender;
import static io.rhizome.gossip.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.coordinate.Coordinate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Node 0 runs; nodes 1, 2, 3 are what it hears. */
class SwimTest {
  private static final long SECOND = 1_000_000_000L;

  private final Swim swim =
      new Swim(0, id(0), 7, state(0, 0), GossipConfig.defaults(), authority(0), new Random(1));
  private final Fixtures.Recorder out = new Fixtures.Recorder();
  private final OwnRecords one = own(1, 1);
  private final OwnRecords two = own(2, 1);
  private long now;

  @Test
  void seesItselfAliveFromTheStart() {
    MembershipView view = swim.view();
    assertThat(view.members()).containsOnlyKeys(id(0));
    assertThat(view.members().get(id(0))).isEqualTo(itself(7L << 32));
  }

  @Test
  void theViewStaysTheSameObjectUntilSomethingChanges() {
    MembershipView before = swim.view();
    run(SECOND / 2);
    assertThat(swim.view()).isSameAs(before);
    hear(1, new Message.Statement(one.alive()));
    assertThat(swim.view().version()).isGreaterThan(before.version());
  }

  @Test
  void asksItsSeedsToBeLetInAndSaysWhenNobodyAnswers() {
    swim.join(0, List.of(endpoint(0), endpoint(1), endpoint(2)));
    run(SECOND / 10);
    assertThat(out.to(1, Message.Join.class)).hasSize(1);
    assertThat(out.to(2, Message.Join.class)).hasSize(1);
    assertThat(out.to(0)).as("it is a seed of its own, not to be asked").isEmpty();
    assertThat(out.events).isEmpty();
    run(2 * SECOND);
    assertThat(out.events).hasAtLeastOneElementOfType(SwimEvent.NoSeedReachable.class);
  }

  @Test
  void letsAJoinerInAndTellsItWhoIsThere() {
    hear(1, new Message.Join(one.alive()));
    assertThat(status(1)).isEqualTo(Status.ALIVE);
    assertThat(out.to(1, Message.Digest.class))
        .singleElement()
        .satisfies(
            d ->
                assertThat(d.entries())
                    .extracting(e -> e.owner())
                    .contains(id(0).prefix(), id(1).prefix()));
  }

  @Test
  void doesNotLetInWhoIsNotAdmittedNorWhoBringsTheRecordOfAnother() {
    hear(1, new Message.Join(forged(one.alive())));
    hear(3, new Message.Join(two.alive()));
    assertThat(swim.view().members()).containsOnlyKeys(id(0));
    assertThat(out.packets).isEmpty();
    assertThat(swim.counters().recordsRejected()).isEqualTo(1);
  }

  @Test
  void answersAPingMeantForItAndNoOther() {
    hear(1, new Message.Ping(5, id(0)));
    assertThat(out.to(1, Message.Ack.class)).containsExactly(new Message.Ack(5));
    out.clear();
    hear(1, new Message.Ping(6, id(9)));
    assertThat(out.packets).isEmpty();
  }

  @Test
  void pullsAStrangerThatPingsIt() {
    hear(1, new Message.Ping(5, id(0)));
    assertThat(out.to(1, Message.Pull.class))
        .extracting(Message.Pull::owner)
        .contains(id(1).prefix());
  }

  @Test
  void suspectsAMemberThatMissesDirectAndIndirectProbesAndThenDeclaresItDead() {
    meet(1, 2);
    run(6 * SECOND);
    List<Message> asked = new ArrayList<>(out.to(1, Message.PingRequest.class));
    asked.addAll(out.to(2, Message.PingRequest.class));
    assertThat(asked).isNotEmpty();
    assertThat(out.streamed).as("and over a stream").isNotEmpty();
    assertThat(status(1)).isEqualTo(Status.SUSPECT);
    assertThat(swim.reachability(id(1))).isEqualTo(Reachability.NONE);
    run(40 * SECOND);
    assertThat(status(1)).isEqualTo(Status.DEAD);
    assertThat(status(2)).isEqualTo(Status.DEAD);
  }

  @Test
  void aMemberThatTrafficCannotReachIsProbedAtOnceAndSoonAvoided() {
    meet(1, 2, 3);
    answerAll(List.of(1, 2, 3), 10 * SECOND);
    out.clear();
    swim.doubt(now, id(1));
    swim.onTick(now, out);
    assertThat(out.to(1, Message.Ping.class)).isNotEmpty();
    answerAll(List.of(2, 3), SECOND * 6 / 10);
    assertThat(swim.reachability(id(1))).isEqualTo(Reachability.NONE);
    assertThat(status(1)).isEqualTo(Status.ALIVE);
  }

  @Test
  void whomItCannotTakeInMakesItCompareNoMoreOften() {
    meet(1, 2);
    Message.Digest ofAStranger =
        new Message.Digest(false, 0, -1, List.of(claimed(9, Status.ALIVE)));
    for (int i = 0; i < 50; i++) {
      hear(1, ofAStranger);
      run(SECOND / 10);
    }
    assertThat(out.to(1, Message.Pull.class)).isNotEmpty();
    int begun = out.to(1, Message.Summary.class).size() + out.to(2, Message.Summary.class).size();
    assertThat(begun).isBetween(1, 8);
  }

  @Test
  void oneHostileMemberCanNeitherKillAnotherNorSpeakForIt() {
    meet(1, 2, 3);
    answerAll(List.of(1, 2, 3), 2 * SECOND);
    for (int life = 0; life < 20; life++) {
      hear(3, new Message.Accuse(accusation(1, one.incarnation(), 3)));
      hear(3, new Message.Accuse(forgedAccusation(2)));
      hear(3, new Message.Statement(forged(one.leave())));
      hear(3, new Message.Statement(forged(one.outlive(one.incarnation()))));
      hear(3, new Message.Digest(true, 0, 0, List.of(claimed(1, Status.DEAD))));
    }
    answerAll(List.of(1, 2, 3), 100 * SECOND);
    assertThat(out.events).doesNotHaveAnyElementsOfTypes(SwimEvent.Died.class);
    assertThat(out.events).doesNotHaveAnyElementsOfTypes(SwimEvent.Departed.class);
  }

  @Test
  void tellsASuspectOfTheSuspicionWithThePing() {
    meet(1);
    hear(2, new Message.Accuse(accusation(1, 2)));
    meet(2);
    hear(2, new Message.Accuse(accusation(1, 2)));
    run(2 * SECOND);
    assertThat(out.packets)
        .anyMatch(
            packet ->
                packet.messages().stream().anyMatch(Message.Ping.class::isInstance)
                    && packet.messages().stream().anyMatch(Message.Challenge.class::isInstance));
  }

  @Test
  void aMemberThatAnswersAHelperAloneIsReachedThroughIt() {
    meet(1, 2);
    Message.PingRequest request = nextRequest();
    hear(2, new Message.Ack(request.nonce()));
    run(SECOND / 2);
    assertThat(swim.reachability(id(1))).isEqualTo(new Reachability.Via(id(2)));
    assertThat(out.events).doesNotHaveAnyElementsOfTypes(SwimEvent.Suspected.class);
  }

  @Test
  void pingsForAnotherAndPassesTheAnswerOn() {
    meet(1, 2);
    out.clear();
    hear(2, new Message.PingRequest(77, id(1)));
    Message.Ping ping = out.to(1, Message.Ping.class).get(0);
    hear(2, new Message.Ack(ping.nonce()));
    assertThat(out.to(2, Message.Ack.class)).as("an ack from the wrong node").isEmpty();
    hear(1, new Message.Ack(ping.nonce()));
    assertThat(out.to(2, Message.Ack.class)).containsExactly(new Message.Ack(77));
  }

  @Test
  void refutesAnAccusationOfItsPresentIncarnation() {
    hear(1, new Message.Challenge(id(0), 7L << 32));
    assertThat(swim.view().members().get(id(0)))
        .extracting(Member::incarnation)
        .isEqualTo((7L << 32) + 1);
    assertThat(swim.counters().refutations()).isEqualTo(1);
    assertThat(out.events).contains(new SwimEvent.Refuted((7L << 32) + 1));
    assertThat(out.to(1, Message.Statement.class))
        .extracting(statement -> statement.record().version())
        .contains((7L << 32) + 1);
  }

  @Test
  void cannotBePushedToAnIncarnationByAnUnsignedAccusation() {
    hear(1, new Message.Challenge(id(0), 9L << 32));
    hear(1, new Message.Challenge(id(0), 6L << 32));
    assertThat(swim.counters().refutations()).isZero();
  }

  @Test
  void beginsALifeAboveARecordOfItsOwnThatOutranksIt() {
    OwnRecords later = own(0, 9);
    hear(1, new Message.Statement(forged(later.alive())));
    assertThat(swim.view().members().get(id(0)))
        .extracting(Member::incarnation)
        .isEqualTo(7L << 32);

    hear(1, new Message.Statement(later.alive()));
    assertThat(swim.view().members().get(id(0))).isEqualTo(itself(10L << 32));
    assertThat(out.events).contains(new SwimEvent.EpochRaised(10, 1));
  }

  @Test
  void twoProcessesWithOneKeyOutrankEachOtherSlowly() {
    hear(1, new Message.Statement(own(0, 9).alive()));
    hear(1, new Message.Statement(own(0, 11).alive()));
    assertThat(swim.view().members().get(id(0)))
        .extracting(Member::incarnation)
        .isEqualTo(10L << 32);
    run(5 * SECOND);
    hear(1, new Message.Statement(own(0, 11).alive()));
    assertThat(out.events).contains(new SwimEvent.EpochRaised(12, 2));
  }

  @Test
  void refutesTheClaimInADigestThatItIsDead() {
    meet(1);
    Message.Digest.Entry claim = new Message.Digest.Entry(id(0).prefix(), 7L << 32, Status.DEAD, 0);
    hear(1, new Message.Digest(true, 0, 0, List.of(claim)));
    assertThat(swim.counters().refutations()).isEqualTo(1);
  }

  @Test
  void refutesOncePerGossipIntervalHoweverManyAccuseIt() {
    hear(1, new Message.Challenge(id(0), 7L << 32));
    hear(1, new Message.Challenge(id(0), (7L << 32) + 1));
    assertThat(swim.counters().refutations()).isEqualTo(1);
    run(SECOND);
    hear(1, new Message.Challenge(id(0), (7L << 32) + 1));
    assertThat(swim.counters().refutations()).isEqualTo(2);
  }

  @Test
  void aStaleAliveIsAnsweredWithAChallenge() {
    meet(1);
    run(60 * SECOND);
    out.clear();
    hear(1, new Message.Statement(one.alive()));
    assertThat(out.to(1)).contains(new Message.Challenge(id(1), one.incarnation()));
  }

  @Test
  void hearsayFromADigestIsPutToTheAccusedAndNotBelieved() {
    meet(1, 2);
    out.clear();
    hear(2, new Message.Digest(true, 0, 0, List.of(claimed(1, Status.DEAD))));
    assertThat(status(1)).isEqualTo(Status.ALIVE);
    assertThat(out.to(1)).contains(new Message.Challenge(id(1), one.incarnation()));
    assertThat(out.to(2, Message.Pull.class)).isEmpty();
  }

  @Test
  void hearsayThatTheAccusedDoesNotRefuteIsAskedToBeProved() {
    meet(1, 2);
    hear(2, new Message.Digest(true, 0, 0, List.of(claimed(1, Status.DEAD))));
    now += 3 * SECOND;
    hear(2, new Message.Digest(true, 0, 0, List.of(claimed(1, Status.DEAD))));
    assertThat(out.to(2, Message.Pull.class))
        .extracting(Message.Pull::owner)
        .contains(id(1).prefix());
  }

  @Test
  void asksForNewsThatItDoesNotHoldAndGivesWhatItHolds() {
    meet(1);
    out.clear();
    SignedRecord labels = one.announce().get(0);
    hear(1, new Message.Have(List.of(labels.id())));
    assertThat(out.to(1, Message.Want.class))
        .containsExactly(new Message.Want(List.of(labels.id())));
    hear(1, new Message.Statement(labels));
    out.clear();
    hear(2, new Message.Want(List.of(labels.id(), labels.id() + 1)));
    assertThat(out.to(2, Message.Statement.class)).containsExactly(new Message.Statement(labels));
  }

  @Test
  void pullsWhatADigestShowsToBeNewer() {
    meet(1);
    out.clear();
    var newer = new Message.Digest.Entry(id(1).prefix(), one.incarnation() + 1, Status.ALIVE, 0);
    var unknown = new Message.Digest.Entry(id(3).prefix(), 1L << 32, Status.ALIVE, 0);
    var gone = new Message.Digest.Entry(id(4).prefix(), 1L << 32, Status.DEAD, 0);
    hear(2, new Message.Digest(true, 0, 0, List.of(newer, unknown, gone)));
    assertThat(out.to(2, Message.Pull.class))
        .extracting(Message.Pull::owner)
        .containsExactly(id(1).prefix(), id(3).prefix());
  }

  @Test
  void pullsTheAliveThatAnAccusationOfANewerIncarnationSpeaksOf() {
    meet(1);
    out.clear();
    hear(2, new Message.Accuse(accusation(1, one.incarnation() + 1, 3)));
    assertThat(out.to(2, Message.Pull.class))
        .extracting(Message.Pull::owner)
        .containsExactly(id(1).prefix());
    assertThat(status(1)).isEqualTo(Status.ALIVE);
  }

  @Test
  void answersAPullWithWhatTheAskerLacks() {
    NodeState loaded = state(0, 3);
    swim.publish(0, loaded);
    hear(1, new Message.Pull(id(0).prefix(), 7L << 32, 0, -1, List.of(1, 2)));
    assertThat(out.to(1, Message.Statement.class))
        .extracting(s -> s.record().key().model())
        .containsExactly("m2", "m3");
  }

  @Test
  void aPullFromAnEarlierEpochGetsEverything() {
    hear(1, new Message.Pull(id(0).prefix(), 6L << 32, 0, -1, List.of(1)));
    assertThat(out.to(1, Message.Statement.class))
        .extracting(s -> s.record().key().kind())
        .containsExactly(RecordKey.Kind.ALIVE, RecordKey.Kind.LABELS);
  }

  @Test
  void takesRecordsOfMembersOnlyAndOnlyGenuineOnes() {
    List<SignedRecord> said = one.publish(state(1, 2));
    hear(1, new Message.Statement(said.get(0)));
    assertThat(swim.view().members()).containsOnlyKeys(id(0));
    meet(1);
    hear(2, new Message.Statement(said.get(0)));
    hear(2, new Message.Statement(forged(said.get(1))));
    assertThat(swim.view().member(id(1)).orElseThrow().state().models()).hasSize(1);
    assertThat(swim.counters().recordsRejected()).isEqualTo(1);
  }

  @Test
  void knocksOnTheDeadNowAndThen() {
    meet(1);
    run(20 * SECOND);
    assertThat(status(1)).isEqualTo(Status.DEAD);
    out.clear();
    run(6 * SECOND);
    assertThat(out.to(1))
        .hasAtLeastOneElementOfType(Message.Ping.class)
        .contains(new Message.Challenge(id(1), one.incarnation()));
  }

  @Test
  void saysGoodbyeToSomeAtOnceAndThenFallsSilent() {
    meet(1, 2);
    out.clear();
    swim.leave(now, out);
    assertThat(out.to(1)).anyMatch(SwimTest::isLeave);
    assertThat(out.to(2)).anyMatch(SwimTest::isLeave);
    run(30 * SECOND);
    assertThat(swim.hasLeft()).isTrue();
    out.clear();
    hear(1, new Message.Ping(1, id(0)));
    run(30 * SECOND);
    assertThat(out.packets).isEmpty();
    assertThat(status(0)).isEqualTo(Status.LEFT);
  }

  @Test
  void refusesToPublishWhatDoesNotFitAndKeepsTheOldState() {
    TreeMap<String, String> labels = new TreeMap<>();
    labels.put("note", "x".repeat(700));
    NodeState wordy = new NodeState(endpoint(0), endpoint(0), "", labels, List.of());
    assertThatThrownBy(() -> swim.publish(0, wordy)).hasMessageContaining("shorten");
    assertThat(swim.view().members().get(id(0))).extracting(Member::state).isEqualTo(state(0, 0));
  }

  private static Member itself(long incarnation) {
    return new Member(
        id(0), Status.ALIVE, incarnation, state(0, 0), 0, Reachability.DIRECT, Coordinate.ORIGIN);
  }

  private void meet(int... nodes) {
    for (int node : nodes) {
      OwnRecords records = node == 1 ? one : own(node, 1);
      hear(node, new Message.Statement(records.alive()));
    }
  }

  private void hear(int from, Message message) {
    swim.onPacket(now, sender(from), List.of(message), out);
    swim.onTick(now, out);
  }

  /** Steps time from deadline to deadline, as a driver does. */
  private void run(long nanos) {
    long end = now + nanos;
    while (swim.nextDeadlineNanos() <= end) {
      now = Math.max(now, swim.nextDeadlineNanos());
      swim.onTick(now, out);
    }
    now = end;
  }

  /** Lets time pass while those nodes answer each ping. */
  private void answerAll(List<Integer> nodes, long nanos) {
    long end = now + nanos;
    while (now < end) {
      run(SECOND / 20);
      for (int node : nodes) {
        out.to(node, Message.Ping.class).forEach(ping -> hear(node, new Message.Ack(ping.nonce())));
      }
      out.packets.clear();
    }
  }

  /** Until node 2 is asked to ping node 1. */
  private Message.PingRequest nextRequest() {
    for (int i = 0; i < 200; i++) {
      out.to(2, Message.Ping.class).forEach(ping -> hear(2, new Message.Ack(ping.nonce())));
      for (Message.PingRequest request : out.to(2, Message.PingRequest.class)) {
        if (request.target().equals(id(1))) {
          return request;
        }
      }
      out.packets.clear();
      run(SECOND / 20);
    }
    throw new AssertionError("node 2 was never asked to ping node 1");
  }

  private Accusation forgedAccusation(int accuser) {
    return new Accusation(id(1), one.incarnation(), id(accuser), Bytes.of(new byte[] {1, 2, 3}));
  }

  private Message.Digest.Entry claimed(int node, Status status) {
    return new Message.Digest.Entry(id(node).prefix(), one.incarnation(), status, 0);
  }

  private Status status(int node) {
    return swim.view().member(id(node)).orElseThrow().status();
  }

  private static boolean isLeave(Message message) {
    return message instanceof Message.Statement statement
        && statement.record().key().kind() == RecordKey.Kind.LEAVE;
  }
}
