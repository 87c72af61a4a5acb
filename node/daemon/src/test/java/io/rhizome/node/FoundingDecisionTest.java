// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.FoundingDecision.Verdict;
import io.rhizome.node.mesh.GrpcAcquaintances.Answer;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FoundingDecisionTest {
  private static final NodeId SELF = node(1);
  private static final FoundingDecision FRESH = new FoundingDecision(SELF, true);
  private static final FoundingDecision WIPED = new FoundingDecision(SELF, false);
  private static final long LATER = FoundingDecision.LONELY_NANOS;

  static NodeId node(int first) {
    byte[] id = new byte[NodeId.BYTES];
    id[0] = (byte) first;
    return NodeId.of(id);
  }

  private static SortedSet<NodeId> nodes(int... numbers) {
    SortedSet<NodeId> nodes = new TreeSet<>();
    for (int number : numbers) {
      nodes.add(node(number));
    }
    return nodes;
  }

  private static Answer knows(long version, int... voters) {
    return new Answer(nodes(voters), version);
  }

  @Test
  void aFreshNodeFoundsOnceNobodyHasComeForAMoment() {
    assertThat(FRESH.decide(0, 0, List.of())).isInstanceOf(Verdict.Wait.class);
    assertThat(FRESH.decide(LATER, 0, List.of())).isInstanceOf(Verdict.Found.class);
  }

  @Test
  void aFreshNodeFoundsAtOnceWhereOthersKnowNoOtherVoter() {
    assertThat(FRESH.decide(0, 2, List.of(knows(0, 1), knows(0))))
        .isInstanceOf(Verdict.Found.class);
  }

  @Test
  void nothingIsFoundedBeforeHalfOfTheOthersHaveAnswered() {
    assertThat(FRESH.decide(LATER, 3, List.of(knows(0)))).isInstanceOf(Verdict.Wait.class);
  }

  @Test
  void whereOthersKnowVotersTheyAreFollowed() {
    List<Answer> answers = List.of(knows(0, 1), knows(9, 2, 3, 4), knows(9, 2, 3, 4), knows(9, 5));
    assertThat(FRESH.decide(LATER, 4, answers)).isEqualTo(new Verdict.Follow(nodes(2, 3, 4)));
    assertThat(WIPED.decide(LATER, 4, answers)).isEqualTo(new Verdict.Follow(nodes(2, 3, 4)));
  }

  @Test
  void aLostVoteIsFollowedAmongTheOthers() {
    assertThat(WIPED.decide(LATER, 1, List.of(knows(9, 1, 2, 3))))
        .isEqualTo(new Verdict.Follow(nodes(1, 2, 3)));
  }

  @Test
  void whereOnlyCopiesAreLeftAnOperatorIsToldToRecoverFromOne() {
    assertThat(why(FRESH.decide(LATER, 2, List.of(knows(9, 1), knows(8, 1)))))
        .contains("copies up to version 9")
        .contains("rhizome policy recover --from");
  }

  @Test
  void whereNothingIsLeftAnOperatorIsToldHowToBeginAgain() {
    assertThat(why(WIPED.decide(LATER, 0, List.of())))
        .contains("rhizome policy recover --from")
        .contains("rhizome policy restore FILE");
  }

  private static String why(Verdict verdict) {
    return ((Verdict.Stranded) verdict).why();
  }
}
