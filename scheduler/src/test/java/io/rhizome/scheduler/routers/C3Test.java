// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import org.junit.jupiter.api.Test;

class C3Test {
  private final Router router = new C3();

  @Test
  void weighsTheQueueWithItsThirdPower() {
    // (1 + 1)^3 * 4 = 32 ms; (1 + 2)^3 * 1 = 27 ms; (1 + 3)^3 * 1 = 64 ms
    heard(1, 1, 4);
    heard(2, 2, 1);
    assertThat(chosen(view(0, 0))).isEqualTo(2);

    for (int i = 0; i < 5; i++) {
      heard(2, 3, 1);
    }
    assertThat(chosen(view(0, 0))).describedAs("though 4 ms of work, 3 there").isEqualTo(1);
  }

  @Test
  void countsItsOwnRequestsForThoseOfAllClients() {
    heard(1, 0, 1);
    heard(2, 4, 1);
    Router ofTen = new C3().with(Draws.parameters("clients", "10"));
    ofTen.onLoad(0, MODEL, node(1), new Load(0, 8, 0, MILLI));
    ofTen.onLoad(0, MODEL, node(2), new Load(4, 8, 0, MILLI));

    assertThat(chosen(view(1, 0))).describedAs("1 against 4").isEqualTo(1);
    assertThat(Draws.counts(ofTen, view(1, 0), 20)).describedAs("10 against 4").containsOnlyKeys(2);
  }

  @Test
  void addsHowLongAnswersTook() {
    heard(1, 0, 1);
    heard(2, 0, 1);
    Draws.answered(router, 0, node(1), 9 * MILLI);
    Draws.answered(router, 0, node(2), 5 * MILLI);

    assertThat(chosen(view(0, 0))).isEqualTo(2);
  }

  @Test
  void isNotDrawnToOneThatRefusesFast() {
    heard(1, 0, 1);
    heard(2, 0, 1);
    Draws.answered(router, 0, node(1), 9 * MILLI);
    Draws.answered(router, 0, node(2), 5 * MILLI);
    router.onOutcome(
        0, Draws.REQUEST, new Outcome(node(1), Failure.Kind.REFUSED, MILLI / 10, null));

    assertThat(chosen(view(0, 0))).isEqualTo(2);
  }

  @Test
  void goesByTheViewWhereItHeardNothing() {
    ClusterView view =
        new Views()
            .holder(at(bare(1), MILLI, new Load(3, 8, 0, MILLI)), 1)
            .holder(at(bare(2), MILLI, new Load(1, 8, 0, MILLI)), 1)
            .from(0);

    assertThat(chosen(view)).isEqualTo(2);
  }

  @Test
  void knowsItsOwnLoadExactly() {
    heard(0, 50, 1);
    heard(1, 2, 1);
    ClusterView view = new Views().holder(bare(0), 1).holder(bare(1), 1).from(0);

    assertThat(chosen(view)).isZero();
  }

  @Test
  void refusesParametersThatAreOutOfRange() {
    assertThatThrownBy(() -> router.with(Draws.parameters("alpha", "1.5")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("router 'c3': alpha must be a number from 0.01 to 1.0, not '1.5'");
    assertThatThrownBy(() -> router.with(Draws.parameters("alpha", "NaN")))
        .hasMessageContaining("not 'NaN'");
    assertThatThrownBy(() -> router.with(Draws.parameters("client", "2")))
        .hasMessage("router 'c3' has no parameter 'client'; it has [alpha, clients]");
  }

  private static ClusterView view(int outstandingAt1, int outstandingAt2) {
    return new Views()
        .holder(with(bare(1), outstandingAt1, 0), 1)
        .holder(with(bare(2), outstandingAt2, 0), 1)
        .from(0);
  }

  private void heard(int holder, int inFlight, int serviceMillis) {
    router.onLoad(0, MODEL, node(holder), new Load(inFlight, 8, 0, serviceMillis * MILLI));
  }

  private int chosen(ClusterView view) {
    var counts = Draws.counts(router, view, 40);
    assertThat(counts).hasSize(1);
    return counts.firstKey();
  }
}
