// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.own;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
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
    assertThat(rumours.announce(10)).isEmpty();
    assertThat(rumours.get(labels.id())).isEqualTo(labels);
  }

  @Test
  void announcesTheNewestOfAKindOnly() {
    OwnRecords one = own(1, 1);
    SignedRecord first = one.announce().get(0);
    SignedRecord second = one.announce().get(0);
    rumours.add(first);
    rumours.end(first);
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
  void asksForWhatItDoesNotHoldAndHasNotAskedFor() {
    rumours.add(labels);
    assertThat(rumours.onHave(0, List.of(labels.id(), 5))).containsExactly(5);
    assertThat(rumours.onHave(900 * MILLI, List.of(5, 6))).containsExactly(6);
  }

  @Test
  void asksAnotherWhereNoAnswerCame() {
    rumours.onHave(0, List.of(5));
    assertThat(rumours.onHave(1_500 * MILLI, List.of(5))).containsExactly(5);
  }

  @Test
  void whatWasNotAskedForIsKnownAndNotAnnounced() {
    rumours.learn(labels);
    assertThat(rumours.announce(10)).isEmpty();
    assertThat(rumours.get(labels.id())).isEqualTo(labels);
    assertThat(rumours.onHave(0, List.of(labels.id()))).isEmpty();
  }

  @Test
  void whatWasAskedForOrCameFromItsOwnerIsAnnounced() {
    SignedRecord other = own(2, 1).announce().get(0);
    rumours.onHave(0, List.of(labels.id()));
    rumours.learn(labels);
    rumours.onFirstHand(0, other);
    rumours.learn(other);
    assertThat(rumours.announce(10)).containsExactly(labels.id(), other.id());
  }

  @Test
  void asksNobodyForWhatIsOldAlready() {
    rumours.add(labels);
    rumours.end(labels);
    assertThat(rumours.onHave(0, List.of(labels.id()))).isEmpty();
  }

  @Test
  void pressesWhileTheNamesAreFewAndWhileTheyFillAPacket() {
    assertThat(rumours.isPressing()).isFalse();
    rumours.add(labels);
    assertThat(rumours.isPressing()).isTrue();
    news(100).forEach(rumours::add);
    assertThat(rumours.isPressing()).isFalse();
    news(400).forEach(rumours::add);
    assertThat(rumours.isPressing()).isTrue();
  }

  @Test
  void forgetsTheOldestWhereThereAreTooMany() {
    List<SignedRecord> many = news(20_000);
    many.forEach(rumours::add);
    assertThat(rumours.get(many.get(0).id())).isNull();
    assertThat(rumours.get(many.get(19_999).id())).isNotNull();
    assertThat(rumours.announce(10)).hasSize(10);
  }

  private static List<SignedRecord> news(int count) {
    OwnRecords two = own(2, 1);
    return Stream.generate(() -> two.announce().get(0)).limit(count).toList();
  }
}
