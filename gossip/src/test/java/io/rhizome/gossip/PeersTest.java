// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.own;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PeersTest {
  private final Peers peers = new Peers();
  private final List<Peer> all = IntStream.rangeClosed(1, 50).mapToObj(PeersTest::peer).toList();

  @Test
  void findsEachByItsPrefixAndKeepsThemInOrder() {
    all.forEach(peers::add);
    assertThat(all).allSatisfy(peer -> assertThat(peers.get(peer.id.prefix())).isSameAs(peer));
    assertThat(peers.ordered()).isSortedAccordingTo(Comparator.comparing((Peer peer) -> peer.id));
    assertThat(peers.ordered()).hasSize(50);
  }

  @Test
  void whoIsRemovedIsGone() {
    all.forEach(peers::add);
    peers.remove(all.get(7));
    assertThat(peers.get(all.get(7).id.prefix())).isNull();
    assertThat(peers.ordered()).hasSize(49).doesNotContain(all.get(7));
  }

  @Test
  void theFirstFromAPrefixIsTheLowestNotBelowIt() {
    all.forEach(peers::add);
    for (int at = 0; at < 50; at++) {
      long prefix = peers.ordered().get(at).id.prefix();
      assertThat(peers.firstFrom(prefix)).isEqualTo(at);
      assertThat(peers.firstFrom(prefix + 1)).isEqualTo(at + 1);
    }
  }

  private static Peer peer(int number) {
    SignedRecord alive = own(number, 1).alive();
    return new Peer(alive, RecordFormat.readAlive(alive.value()), 0);
  }
}
