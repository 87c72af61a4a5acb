// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.Request.Client;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RingHashTest {
  private static final int KEYS = 4_000;

  private final Router router = new RingHash();
  private final Random random = new Random(1);

  @Test
  void sendsAKeyToOneHolderFromWhicheverNodeAndInstance() {
    Views views = views(20);

    for (int key = 0; key < 50; key++) {
      int first = holder(router, key, views.from(0));
      assertThat(holder(router, key, views.from(0))).isEqualTo(first);
      assertThat(holder(new RingHash(), key, views.from(3))).isEqualTo(first);
    }
  }

  @Test
  void spreadsKeysEvenly() {
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    for (int holder : placed(views(10).from(0))) {
      counts.merge(holder, 1, Integer::sum);
    }

    assertThat(counts.values())
        .hasSize(10)
        .allSatisfy(count -> assertThat(count).isBetween(320, 480));
  }

  @Test
  void movesOnlyTheKeysOfAHolderThatLeaves() {
    Views views = views(10);
    List<Integer> before = placed(views.from(0));

    List<Integer> after = placed(views.unreachable(4, 1).from(0));

    for (int key = 0; key < KEYS; key++) {
      if (before.get(key) != 4) {
        assertThat(after.get(key)).isEqualTo(before.get(key));
      }
    }
    assertThat(after).doesNotContain(4).contains(1, 2, 3, 5, 6, 7, 8, 9, 10);
  }

  @Test
  void movesOnlyTheKeysThatANewHolderTakes() {
    Views views = views(10);
    List<Integer> before = placed(views.from(0));

    List<Integer> after = placed(views.holder(11, MILLI, 0, 1).from(0));

    int moved = 0;
    for (int key = 0; key < KEYS; key++) {
      if (!after.get(key).equals(before.get(key))) {
        assertThat(after.get(key)).isEqualTo(11);
        moved++;
      }
    }
    assertThat(moved).describedAs("an eleventh").isBetween(280, 450);
  }

  @Test
  void passesAKeyOnWhereItsHolderHasMoreThanItsShare() {
    Views views = views(4);
    int first = holder(router, 7, views.from(0));
    views.holder(at(bare(first), MILLI, new Load(3, 8, 0, MILLI)), 1);

    // Four in flight with this one, of four: a share of one, times 1.25 and rounded up is two.
    RouteDecision decision = router.route(request(7), views.from(0), random);

    assertThat(Draws.number(decision)).isNotEqualTo(first);
    assertThat(decision.considered())
        .extracting(Considered::verdict)
        .containsExactly("chosen", "above its share");
    assertThat(holder(router, 7, views.from(0))).isEqualTo(Draws.number(decision));
  }

  @Test
  void keepsEveryHolderWithinTheBoundHoweverPopularAKeyIs() {
    int[] inFlight = new int[11];
    for (int i = 1; i <= 400; i++) {
      Views views = new Views();
      for (int holder = 1; holder <= 10; holder++) {
        views.holder(at(bare(holder), MILLI, new Load(inFlight[holder], 8, 0, MILLI)), 1);
      }
      int holder = holder(router, 7, views.from(0));
      inFlight[holder]++;
      assertThat(inFlight[holder]).isLessThanOrEqualTo((int) Math.ceil(1.25 * i / 10));
    }
  }

  @Test
  void givesAHolderThatRunsMoreAtOnceAGreaterShare() {
    Views views = views(2);
    int first = holder(router, 7, views.from(0));
    int other = 3 - first;

    // Of ten in flight seven are six sevenths of a share of two thirds, but above one of a half.
    views.holder(at(bare(other), MILLI, new Load(2, 4, 0, MILLI)), 1);
    views.holder(at(bare(first), MILLI, new Load(7, 8, 0, MILLI)), 1);
    assertThat(holder(router, 7, views.from(0))).isEqualTo(first);
    views.holder(at(bare(first), MILLI, new Load(7, 4, 0, MILLI)), 1);
    assertThat(holder(router, 7, views.from(0))).isEqualTo(other);
  }

  @Test
  void sendsRequestsWithoutKeyAnywhere() {
    assertThat(Draws.counts(router, views(4).from(0), 4_000).values())
        .hasSize(4)
        .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
  }

  @Test
  void keepsAKeyLongerWhereTheBoundIsWider() {
    Views views = views(4);
    int first = holder(router, 7, views.from(0));
    views.holder(at(bare(first), MILLI, new Load(3, 8, 0, MILLI)), 1);

    Router wide = router.with(Draws.parameters("bound", "4"));

    assertThat(holder(wide, 7, views.from(0))).isEqualTo(first);
    assertThatThrownBy(() -> router.with(Draws.parameters("bound", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("router 'ring_hash': bound must be a number from 1.01 to 100.0, not '1'");
  }

  private static Views views(int holders) {
    Views views = new Views();
    for (int i = 1; i <= holders; i++) {
      views.holder(i, MILLI, 0, 1);
    }
    return views;
  }

  private static Request request(int key) {
    return Request.entering(MODEL, 0, 100).withClient(new Client("", "", "session-" + key));
  }

  private int holder(Router asked, int key, ClusterView view) {
    return Draws.number(asked.route(request(key), view, random));
  }

  private List<Integer> placed(ClusterView view) {
    List<Integer> placed = new ArrayList<>();
    for (int key = 0; key < KEYS; key++) {
      placed.add(holder(router, key, view));
    }
    return placed;
  }
}
