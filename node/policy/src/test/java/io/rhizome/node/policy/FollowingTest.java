// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FollowingTest {
  private static final NodeId A = node(1);
  private static final NodeId B = node(2);

  private final Following following = new Following(new Random(1), 0);

  private static NodeId node(int first) {
    byte[] id = new byte[NodeId.BYTES];
    id[0] = (byte) first;
    return NodeId.of(id);
  }

  @Test
  void followsNobodyWhileNoVoterIsKnown() {
    assertThat(following.onTick(1)).isEmpty();
  }

  @Test
  void followsOneVoterUntilItEnds() {
    following.onVoters(List.of(A, B));
    assertThat(following.onTick(0)).isPresent();
    assertThat(following.onTick(Long.MAX_VALUE / 2)).isEmpty();
  }

  @Test
  void takesTheNextVoterAfterAWait() {
    following.onVoters(List.of(A, B));
    Optional<NodeId> first = following.onTick(0);
    following.onEnd(0);
    assertThat(following.onTick(Following.MIN_WAIT_NANOS / 2 - 1)).isEmpty();
    assertThat(following.onTick(Following.MIN_WAIT_NANOS)).isPresent().isNotEqualTo(first);
  }

  @Test
  void waitsLongerEachTimeUpToABoundAndShortlyAfterProgress() {
    following.onVoters(List.of(A));
    long now = 0;
    for (int i = 0; i < 10; i++) {
      assertThat(following.onTick(now)).contains(A);
      following.onEnd(now);
      now += Following.MAX_WAIT_NANOS;
    }
    assertThat(following.onTick(now)).contains(A);
    following.onEnd(now);
    assertThat(following.onTick(now + Following.MAX_WAIT_NANOS / 2 - 1)).isEmpty();
    assertThat(following.onTick(now + Following.MAX_WAIT_NANOS)).contains(A);
    following.onProgress();
    following.onEnd(now);
    assertThat(following.onTick(now + Following.MIN_WAIT_NANOS)).contains(A);
  }
}
