// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.own;
import static io.rhizome.gossip.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RangeSumsTest {
  private final InUse inUse = new InUse();
  private final RangeSums sums = inUse.sums();
  private final OwnRecords one = own(1, 1);
  private final Peer peer = new Peer(one.alive(), RecordFormat.readAlive(one.alive().value()), 0);

  @Test
  void theSumOfAllIsTheSameHoweverManyTheRanges() {
    inUse.add(peer);
    for (int ranges = 1; ranges <= 256; ranges *= 2) {
      assertThat(Arrays.stream(sums.of(ranges)).sum()).isEqualTo(sums.of(1)[0]).isNotZero();
      assertThat(sums.of(ranges)[RangeSums.rangeOf(peer.id.prefix(), ranges)]).isNotZero();
    }
  }

  @Test
  void changesWithWhatTheMemberSays() {
    inUse.add(peer);
    int before = sums.of(1)[0];
    one.publish(state(1, 2)).forEach(peer.records::put);
    inUse.onSaid(peer);
    assertThat(sums.of(1)[0]).isNotEqualTo(before);
  }

  @Test
  void whoIsNoLongerInUseAddsNothing() {
    inUse.add(peer);
    inUse.remove(peer);
    assertThat(sums.of(1)).containsExactly(0);
  }
}
