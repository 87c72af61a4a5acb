// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.accusation;
import static io.rhizome.gossip.Fixtures.authority;
import static io.rhizome.gossip.Fixtures.id;
import static io.rhizome.gossip.Fixtures.own;
import static io.rhizome.gossip.Fixtures.sender;
import static io.rhizome.gossip.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Node 0 hears node 1 accuse others. */
class LoneWordsTest {
  private static final int MEMBERS = 64;
  private static final long INCARNATION = 1L << 32;

  private final Swim swim =
      new Swim(0, id(0), 1, state(0, 0), GossipConfig.defaults(), authority(0), new Random(1));
  private final Fixtures.Recorder out = new Fixtures.Recorder();
  private final List<OwnRecords> owners = new ArrayList<>();

  @Test
  void oneHostileMemberHasNoMoreThanAnEighthOfTheMeshAvoided() {
    meet(MEMBERS - 1);
    accuse(1, 2, MEMBERS - 1);
    assertThat(avoided()).hasSize(MEMBERS / 8);
    assertThat(swim.counters().accusationsDoubted()).isEqualTo(MEMBERS - 2 - MEMBERS / 8);
    assertThat(out.events).doesNotHaveAnyElementsOfTypes(SwimEvent.Suspected.class);
  }

  @Test
  void inASmallMeshAFewAreBelieved() {
    meet(7);
    accuse(1, 2, 7);
    assertThat(avoided()).hasSize(3);
  }

  @Test
  void whomAnotherAccusesTooIsAvoidedAndSuspected() {
    meet(MEMBERS - 1);
    accuse(1, 2, MEMBERS - 1);
    accuse(2, 40, 50);
    assertThat(avoided()).contains(id(40), id(50)).hasSize(MEMBERS / 8 + 11);
    assertThat(swim.status(id(45))).contains(Member.Status.SUSPECT);
  }

  @Test
  void manyThatDieAtOnceAreAvoidedSinceManyNotice() {
    meet(MEMBERS - 1);
    for (int accuser = 1; accuser <= 8; accuser++) {
      accuse(accuser, 20 + 5 * accuser, 24 + 5 * accuser);
    }
    assertThat(avoided()).hasSize(40 - 1);
    assertThat(swim.counters().accusationsDoubted()).isZero();
  }

  @Test
  void whomTheAccusedRefutesIsBelievedAgainLater() {
    meet(MEMBERS - 1);
    accuse(1, 2, 9);
    accuse(1, 20, 20);
    assertThat(avoided()).doesNotContain(id(20));
    for (int node = 2; node <= 5; node++) {
      OwnRecords owner = owners.get(node - 1);
      hear(node, new Message.Statement(owner.outlive(owner.incarnation())));
    }
    accuse(1, 21, 21);
    assertThat(avoided()).contains(id(21)).doesNotContain(id(2));
  }

  private void meet(int members) {
    for (int node = 1; node <= members; node++) {
      owners.add(own(node, 1));
      hear(node, new Message.Statement(owners.get(node - 1).alive()));
    }
  }

  private void accuse(int accuser, int first, int last) {
    for (int accused = first; accused <= last; accused++) {
      hear(accuser, new Message.Accuse(accusation(accused, INCARNATION, accuser)));
    }
  }

  private List<NodeId> avoided() {
    return swim.view().members().values().stream()
        .filter(member -> member.reachability().equals(Reachability.NONE))
        .map(Member::id)
        .toList();
  }

  private void hear(int from, Message message) {
    swim.onPacket(0, sender(from), List.of(message), out);
  }
}
