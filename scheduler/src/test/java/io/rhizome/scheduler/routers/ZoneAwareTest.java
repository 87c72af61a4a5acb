// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import org.junit.jupiter.api.Test;

class ZoneAwareTest {
  private static final Place HERE = new Place("eu", "berlin", "", "", 0);
  private static final Place NEAR = new Place("eu", "paris", "", "", 0);
  private static final Place FAR = new Place("us", "boston", "", "", 0);
  private static final Place NAMESAKE = new Place("us", "berlin", "", "", 0);

  private final Router router = new ZoneAware();
  private final Views views = new Views().put(with(bare(0), HERE));

  @Test
  void staysInTheSiteWhileOneThereHasRoom() {
    holder(1, HERE, 7).holder(holderView(2, HERE, 0), 1).holder(holderView(3, NEAR, 0), 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(1, 2);
  }

  @Test
  void goesToTheRegionWhenTheSiteIsFull() {
    holder(1, HERE, 8).holder(holderView(2, NEAR, 0), 1).holder(holderView(3, FAR, 0), 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(2);
  }

  @Test
  void goesAnywhereWhenTheRegionIsFull() {
    holder(1, HERE, 8).holder(holderView(2, NEAR, 9), 1).holder(holderView(3, FAR, 0), 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(3);
  }

  @Test
  void doesNotTakeASiteOfAnotherRegionForItsOwnBecauseOfItsName() {
    holder(1, NAMESAKE, 0).holder(holderView(2, NEAR, 0), 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(2);
  }

  @Test
  void takesTheSoonerOfTwoInsideAGroup() {
    views
        .holder(with(at(bare(1), 5 * MILLI, new Load(0, 8, 0, MILLI)), HERE), 1)
        .holder(with(at(bare(2), MILLI, new Load(0, 8, 0, MILLI)), HERE), 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(2);
  }

  @Test
  void spreadsInsideAGroup() {
    for (int i = 1; i <= 4; i++) {
      holder(i, HERE, 0);
    }

    assertThat(Draws.counts(router, views.from(0), 4_000).values())
        .hasSize(4)
        .allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
  }

  @Test
  void takesTheSoonerOfTwoWhereAllAreFull() {
    views
        .holder(with(at(bare(1), MILLI, new Load(9, 8, 50 * MILLI, MILLI)), HERE), 1)
        .holder(with(at(bare(2), 20 * MILLI, new Load(8, 8, MILLI, MILLI)), FAR), 1);

    assertThat(Draws.counts(router, views.from(0), 100)).containsOnlyKeys(2);
  }

  @Test
  void isItselfOfItsSiteThoughNobodyNamedIt() {
    Views nameless = new Views().holder(0, 0, 0, 1).holder(1, MILLI, 0, 1);

    assertThat(Draws.counts(router, nameless.from(0), 100)).containsOnlyKeys(0);
  }

  @Test
  void takesAHolderForFullWhenItIsTold() {
    holder(1, HERE, 7).holder(holderView(2, NEAR, 0), 1);

    Router early = router.with(Draws.parameters("full", "0.5"));

    assertThat(Draws.counts(early, views.from(0), 100)).containsOnlyKeys(2);
    assertThatThrownBy(() -> router.with(Draws.parameters("full", "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("router 'zone_aware': full must be a number from 0.1 to 100.0, not '0'");
  }

  private Views holder(int number, Place place, int inFlight) {
    return views.holder(holderView(number, place, inFlight), 1);
  }

  private static NodeView holderView(int number, Place place, int inFlight) {
    return with(at(bare(number), MILLI, new Load(inFlight, 8, 0, MILLI)), place);
  }
}
