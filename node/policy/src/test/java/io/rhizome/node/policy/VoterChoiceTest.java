// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.VoterChoice.Candidate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VoterChoiceTest {
  private static final NodeId A = node(1);
  private static final NodeId B = node(2);
  private static final NodeId C = node(3);

  private static NodeId node(int first) {
    byte[] id = new byte[NodeId.BYTES];
    id[0] = (byte) first;
    return NodeId.of(id);
  }

  private static Optional<NodeId> next(SortedSet<NodeId> voters, Candidate... nodes) {
    return VoterChoice.next(voters, List.of(nodes), 3, 10);
  }

  private static SortedSet<NodeId> voters(NodeId... ids) {
    return new TreeSet<>(Arrays.asList(ids));
  }

  private static Candidate node(NodeId id, String site, long usable) {
    return new Candidate(id, site, usable);
  }

  @Test
  void prefersASiteWithoutAVoter() {
    assertThat(next(voters(A), node(A, "x", 99), node(B, "x", 99), node(C, "y", 20))).contains(C);
  }

  @Test
  void prefersWhoHasBeenThereLongest() {
    assertThat(next(voters(A), node(A, "x", 99), node(B, "y", 20), node(C, "y", 30))).contains(C);
  }

  @Test
  void goesOnFromTwoToThree() {
    assertThat(next(voters(A, B), node(A, "x", 99), node(B, "x", 99), node(C, "x", 20)))
        .contains(C);
  }

  @Test
  void doesNotStopAtTwo() {
    assertThat(next(voters(A), node(A, "x", 99), node(B, "x", 99))).isEmpty();
  }

  @Test
  void passesOverNodesThatHaveNotBeenThereForLong() {
    assertThat(next(voters(A), node(A, "x", 99), node(B, "x", 9), node(C, "y", 99))).isEmpty();
  }

  @Test
  void asksNobodyWhereEnoughVote() {
    assertThat(next(voters(A, B, C), node(A, "x", 99), node(B, "x", 99), node(C, "y", 99)))
        .isEmpty();
  }
}
