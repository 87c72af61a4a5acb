// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.Router;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Routers talk to each other under virtual time as they do live. */
class RouterWordsTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  private final SortedSet<String> heard = new TreeSet<>();

  /** Takes any node; says its node's number. */
  private final class Numbering implements Router {
    private final int node;
    private final int bytes;
    private final boolean asks;

    Numbering(int node, int bytes, boolean asks) {
      this.node = node;
      this.bytes = bytes;
      this.asks = asks;
    }

    @Override
    public String name() {
      return node == 3 ? "another" : "numbering";
    }

    @Override
    public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
      Candidates candidates = Candidates.of(request, view);
      boolean stays = asks || !request.isEntering();
      return candidates
          .of(stays ? view.self() : RoutingMesh.id(random.nextInt(4)))
          .map(candidates::choose)
          .map(chosen -> asks ? chosen.asking(others(candidates)) : chosen)
          .orElseGet(candidates::refuse);
    }

    private List<NodeId> others(Candidates candidates) {
      return candidates.ids().stream().filter(id -> !id.equals(candidates.view().self())).toList();
    }

    @Override
    public byte[] word(long nowNanos, String model, NodeId self) {
      assertThat(self).isEqualTo(RoutingMesh.id(node));
      byte[] word = new byte[bytes];
      word[0] = (byte) node;
      return word;
    }

    @Override
    public void onWord(long nowNanos, String model, NodeId peer, byte[] word) {
      assertThat(peer).isEqualTo(RoutingMesh.id(word[0]));
      heard.add(word[0] + " to " + node);
    }
  }

  @Test
  void routersOfOneNameHearEachOtherWithAnswers() {
    Tally tally = trial().run(1, (mesh, node) -> new Numbering(node, 1, false));

    assertThat(tally.failed()).isZero();
    assertThat(heard).containsExactly("0 to 1", "0 to 2", "1 to 0", "1 to 2", "2 to 0", "2 to 1");
  }

  @Test
  void routersOfOneNameHearEachOtherWhenTheyAsk() {
    Tally tally = trial().run(1, (mesh, node) -> new Numbering(node, 64, true));

    assertThat(tally.failed()).isZero();
    assertThat(heard).containsExactly("0 to 1", "0 to 2", "1 to 0", "1 to 2", "2 to 0", "2 to 1");
  }

  @Test
  void oneThatSaysTooMuchEndsTheRun() {
    assertThatThrownBy(() -> trial().run(1, (mesh, node) -> new Numbering(node, 65, false)))
        .hasMessageContaining("says 65 bytes; at most 64");
  }

  /** Four servers, each an entry. */
  private static Trial trial() {
    Setup setup =
        new Setup(
            Collections.nCopies(4, new Setup.Spec(4, 1, Antagonist.NONE)),
            (from, to) -> from == to ? 0 : MILLI,
            0.2,
            0,
            true,
            64,
            10 * MILLI,
            Setup.NO_BOARD);
    List<Double> weights = Collections.nCopies(4, 1.0);
    return new Trial(setup, weights, 100, false, 10 * SECOND, 0, 5 * SECOND);
  }
}
