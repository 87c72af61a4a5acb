// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip;

import static io.rhizome.gossip.Fixtures.endpoint;
import static io.rhizome.gossip.Fixtures.own;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeedContactTest {
  private static final long SECOND = 1_000_000_000L;

  private final SeedContact contact = new SeedContact(GossipConfig.defaults(), new Random(1));

  @Test
  void withoutSeedsThereIsNothingToDo() {
    contact.join(0, List.of());
    assertThat(contact.isDue(Long.MAX_VALUE / 2)).isFalse();
  }

  @Test
  void whileAloneAllSeedsAreTriedForEverWithABoundedPause() {
    contact.join(0, List.of(endpoint(1), endpoint(2)));
    long now = 0;
    long longest = 0;
    for (int i = 0; i < 50; i++) {
      assertThat(contact.isDue(now)).isTrue();
      SeedContact.Attempt attempt = contact.attempt(now, new InUse());
      assertThat(attempt.seeds()).containsExactlyInAnyOrder(endpoint(1), endpoint(2));
      assertThat(attempt.nobodyAnswered()).isEqualTo(i > 0);
      longest = Math.max(longest, attempt.retryNanos());
      now = contact.nextDeadlineNanos();
    }
    assertThat(longest).isBetween(30 * SECOND, 38 * SECOND);
  }

  @Test
  void inCompanyOnlyASeedThatIsNoMemberIsTried() {
    contact.join(0, List.of(endpoint(1), endpoint(2)));
    assertThat(contact.attempt(0, inUse(1)).seeds()).containsExactly(endpoint(2));
    long now = contact.nextDeadlineNanos();
    assertThat(contact.attempt(now, inUse(1, 2)).seeds()).isEmpty();
  }

  @Test
  void aSeedWhoseMemberIsGoneIsTriedAgain() {
    contact.join(0, List.of(endpoint(1)));
    InUse members = inUse(1, 2);
    assertThat(contact.attempt(0, members).seeds()).isEmpty();
    members.remove(members.iterator().next());
    assertThat(contact.attempt(0, members).seeds()).containsExactly(endpoint(1));
  }

  @Test
  void soonTriesAgainWhenLeftAlone() {
    contact.join(0, List.of(endpoint(1)));
    contact.attempt(0, inUse(1));
    contact.onAlone(2 * SECOND);
    assertThat(contact.nextDeadlineNanos()).isEqualTo(3 * SECOND);
  }

  private static InUse inUse(int... nodes) {
    InUse members = new InUse();
    for (int node : nodes) {
      SignedRecord alive = own(node, 1).alive();
      members.add(new Peer(alive, RecordFormat.readAlive(alive.value()), 0));
    }
    return members;
  }
}
