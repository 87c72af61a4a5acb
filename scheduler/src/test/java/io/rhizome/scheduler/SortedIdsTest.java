// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SortedIdsTest {
  @Test
  void findsThoseThatItHasAndNoOthers() {
    Random random = new Random(1);
    SortedSet<NodeId> some = new TreeSet<>();
    SortedSet<NodeId> others = new TreeSet<>();
    for (int i = 0; i < 400; i++) {
      byte[] bytes = new byte[NodeId.BYTES];
      random.nextBytes(bytes);
      // Many share a prefix, and many begin with a bit that is set.
      bytes[0] = (byte) (i % 5 * 60);
      bytes[1] = (byte) (i % 3);
      for (int j = 2; j < 8; j++) {
        bytes[j] = 0;
      }
      (i % 2 == 0 ? some : others).add(NodeId.of(bytes));
    }

    SortedIds ids = new SortedIds(some);

    assertThat(ids).containsExactlyElementsOf(some);
    for (NodeId id : some) {
      assertThat(ids.get(ids.indexOf(id))).isEqualTo(id);
      assertThat(ids.contains(id)).isTrue();
    }
    for (NodeId id : others) {
      assertThat(ids.contains(id)).isFalse();
    }
  }

  @Test
  void bringsThemIntoOrderAndHasEachOnce() {
    assertThat(new SortedIds(List.of(node(2), node(1), node(2)))).containsExactly(node(1), node(2));
  }
}
