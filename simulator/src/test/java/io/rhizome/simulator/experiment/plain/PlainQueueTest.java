// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.experiment.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Member.Status;
import io.rhizome.simulator.experiment.plain.PlainMessage.Update;
import org.junit.jupiter.api.Test;

final class PlainQueueTest {
  private final PlainQueue queue = new PlainQueue(4);

  @Test
  void passesOnWhatIsNewestAndDropsWhatWasSentOftenEnough() {
    Update old = new Update(Status.SUSPECT, 1, 1);
    Update newer = new Update(Status.SUSPECT, 2, 1);
    queue.add(old);
    queue.add(newer);

    assertThat(queue.take(newer.bytes(), 2)).containsExactly(newer);
    assertThat(queue.take(old.bytes() + newer.bytes(), 2)).containsExactly(old, newer);
    assertThat(queue.take(1_000, 2)).containsExactly(old);
    assertThat(queue.take(1_000, 2)).isEmpty();
  }

  @Test
  void passesOnOneUpdatePerMember() {
    Update suspect = new Update(Status.SUSPECT, 1, 1);
    Update dead = new Update(Status.DEAD, 1, 1);
    queue.add(suspect);
    queue.add(dead);

    assertThat(queue.take(1_000, 2)).containsExactly(dead);
  }
}
