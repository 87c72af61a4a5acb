// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.routers.PowerOfTwoChoices;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A request among nodes that each believe something else about the mesh. */
class DispatchPropertyTest {
  private static final DispatchConfig CONFIG = DispatchConfig.DEFAULT;
  private static final Failure.Kind[] FAILURES = {
    Failure.Kind.OVERLOADED, Failure.Kind.REFUSED, Failure.Kind.BROKEN
  };

  private int runs;

  @Property
  void everyRequestEndsWithinItsBoundsAndPassesNoNodeTwice(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 12) int nodes,
      @ForAll @IntRange(min = 0, max = 100) int failPercent) {
    Random random = new Random(seed);
    ClusterView[] views = new ClusterView[nodes];
    for (int self = 0; self < nodes; self++) {
      views[self] = randomView(self, nodes, random);
    }
    runs = 0;
    Request request =
        new Request(MODEL, random.nextInt(3), 100, List.of(), Request.DEFAULT_HOP_LIMIT);

    handle(request, 0, views, failPercent, random);

    // Every attempt at each node of the tree that the hop limit allows.
    int bound = CONFIG.maxAttempts();
    for (int hop = 0; hop < Request.DEFAULT_HOP_LIMIT; hop++) {
      bound *= 1 + CONFIG.maxAttemptsForwarded();
    }
    assertThat(runs).isLessThanOrEqualTo(bound);
  }

  /** Plays one node: true when the request got its answer. */
  private boolean handle(
      Request request, int self, ClusterView[] views, int failPercent, Random random) {
    assertThat(request.visited()).doesNotHaveDuplicates().doesNotContain(node(self));
    assertThat(request.hopLimit()).isBetween(0, Request.DEFAULT_HOP_LIMIT);
    Dispatch dispatch =
        new Dispatch(request, new PowerOfTwoChoices(), 1_000 * MILLI, CONFIG, random);
    Step step = dispatch.start(0, views[self]);
    int attempts = 0;
    while (!(step instanceof Step.Fail)) {
      attempts++;
      assertThat(attempts).isLessThanOrEqualTo(CONFIG.attemptsFor(request));
      runs++;
      boolean answered = random.nextInt(100) >= failPercent;
      NodeId at = node(self);
      if (step instanceof Step.Forward forward) {
        at = forward.to();
        answered &=
            handle(request.forwardedBy(node(self)), at.bytes()[0], views, failPercent, random);
      }
      if (answered) {
        return true;
      }
      Failure failure = new Failure(FAILURES[random.nextInt(FAILURES.length)], "drawn");
      step = dispatch.onFailure(attempts, views[self], at, failure);
    }
    return false;
  }

  private static ClusterView randomView(int self, int nodes, Random random) {
    Views views = new Views();
    for (int other = 0; other < nodes; other++) {
      long[] versions = random.longs(random.nextInt(3), 1, 3).toArray();
      if (random.nextInt(5) == 0) {
        views.unreachable(other, versions);
      } else {
        long rtt = other == self ? 0 : random.nextLong(-1, 20) * MILLI;
        views.holder(other, rtt, random.nextLong(0, 20) * MILLI, versions);
      }
    }
    return views.from(self);
  }
}
