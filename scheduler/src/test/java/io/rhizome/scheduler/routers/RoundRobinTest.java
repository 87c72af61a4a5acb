// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.Request.Path;
import io.rhizome.scheduler.Views;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
  private final RoundRobin router = new RoundRobin();
  private final Random random = new Random(1);

  @Test
  void givesEachHolderOneTurnARound() {
    ClusterView view = views(5).from(0);

    for (int round = 0; round < 3; round++) {
      assertThat(send(view, 5)).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    }
  }

  @Test
  void movesOnlyWhenARequestIsSent() {
    ClusterView view = views(5).from(0);
    Draws.send(router, view, random);

    assertThat(Draws.counts(router, view, 20)).hasSize(1);
  }

  @Test
  void passesOverOneThatCannotServeAndGoesOnWhereItWasWhenOneIsNew() {
    Views views = views(4);
    goUpTo(views.from(0), 2);

    assertThat(send(views.unreachable(3, 1).from(0), 2)).containsExactly(4, 1);
    assertThat(send(views.holder(3, MILLI, 0, 1).holder(5, MILLI, 0, 1).from(0), 4))
        .containsExactly(2, 3, 4, 5);
  }

  @Test
  void triesTheNextInTurnWhereOneFailed() {
    ClusterView view = views(4).from(0);
    goUpTo(view, 2);
    Path path = Path.ENTRY.withTried(new TreeSet<>(List.of(node(3))));

    assertThat(Draws.number(router.route(Draws.REQUEST.withPath(path), view, random))).isEqualTo(4);
  }

  @Test
  void countsNoTurnForWhatAPeerSentHere() {
    ClusterView view = views(4).holder(0, 0, 0, 1).from(0);
    goUpTo(view, 2);
    List<NodeId> visited = List.of(node(9));
    Request sent = Draws.REQUEST.withPath(new Path(visited, 3, null));

    router.onSent(0, sent, router.route(sent, view, random));

    assertThat(Draws.send(router, view, random)).isEqualTo(3);
  }

  @Test
  void beginsAnywhere() {
    List<Integer> firsts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      firsts.add(Draws.send(new RoundRobin(), views(4).from(0), random));
    }

    assertThat(firsts).contains(1, 2, 3, 4);
  }

  private static Views views(int holders) {
    Views views = new Views();
    for (int i = 1; i <= holders; i++) {
      views.holder(i, MILLI, 0, 1);
    }
    return views;
  }

  private void goUpTo(ClusterView view, int last) {
    while (Draws.send(router, view, random) != last) {
      assertThat(view.holders(Draws.REQUEST.model()).byVersion()).isNotEmpty();
    }
  }

  private List<Integer> send(ClusterView view, int requests) {
    List<Integer> sent = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      sent.add(Draws.send(router, view, random));
    }
    return sent;
  }
}
