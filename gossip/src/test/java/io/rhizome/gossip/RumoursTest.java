// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.own;
import static io.rhizome.gossip.Fixtures.sender;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RumoursTest {
  private static final long MILLI = 1_000_000;

  private final Rumours rumours = new Rumours();
  private final SignedRecord labels = own(1, 1).announce().get(0);

  @Test
  void announcesARecordSoManyTimesAndKnowsItLonger() {
    rumours.add(labels);
    for (int i = 0; i < Rumours.ANNOUNCEMENTS; i++) {
      assertThat(rumours.announce(10)).containsExactly(labels.id());
    }
    assertThat(rumours.hasNews()).isFalse();
    assertThat(rumours.get(labels.id())).isEqualTo(labels);
  }

  @Test
  void announcesTheNewestOfAKindOnly() {
    OwnRecords one = own(1, 1);
    SignedRecord first = one.announce().get(0);
    SignedRecord second = one.announce().get(0);
    rumours.add(first);
    rumours.add(second);
    assertThat(rumours.announce(10)).containsExactly(second.id());
    assertThat(rumours.get(first.id())).isNull();
  }

  @Test
  void announcesTheLeastToldFirst() {
    rumours.add(labels);
    rumours.announce(10);
    SignedRecord other = own(2, 1).announce().get(0);
    rumours.add(other);
    rumours.announce(1);
    assertThat(rumours.announce(1)).containsExactly(other.id());
  }

  @Test
  void asksAtOnceAndThenOnlyNowAndThen() {
    rumours.onHave(0, sender(1), List.of(1, 2));
    assertThat(rumours.due(0)).containsExactly(new Rumours.Ask(sender(1), List.of(1, 2)));
    rumours.onHave(1, sender(2), List.of(3));
    assertThat(rumours.due(1)).isEmpty();
    assertThat(rumours.nextDeadlineNanos(Long.MAX_VALUE)).isEqualTo(400 * MILLI);
    assertThat(rumours.due(400 * MILLI)).containsExactly(new Rumours.Ask(sender(2), List.of(3)));
  }

  @Test
  void asksAtOnceWhereMuchIsMissing() {
    rumours.onHave(0, sender(1), List.of(0));
    rumours.due(0);
    rumours.onHave(1, sender(1), IntStream.rangeClosed(1, 20).boxed().toList());
    assertThat(rumours.due(1)).singleElement().satisfies(a -> assertThat(a.ids()).hasSize(20));
  }

  @Test
  void asksNobodyForWhatItHoldsOrHasAskedFor() {
    rumours.add(labels);
    rumours.onHave(0, sender(1), List.of(labels.id(), 5));
    assertThat(rumours.due(0)).containsExactly(new Rumours.Ask(sender(1), List.of(5)));
    rumours.onHave(900 * MILLI, sender(2), List.of(5));
    assertThat(rumours.due(900 * MILLI)).isEmpty();
  }

  @Test
  void asksAnotherWhereNoAnswerCame() {
    rumours.onHave(0, sender(1), List.of(5));
    rumours.due(0);
    rumours.onHave(2_000 * MILLI, sender(2), List.of(5));
    assertThat(rumours.due(2_000 * MILLI)).containsExactly(new Rumours.Ask(sender(2), List.of(5)));
  }
}
