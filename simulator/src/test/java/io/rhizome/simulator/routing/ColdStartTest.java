// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Rendezvous;
import io.rhizome.scheduler.Request;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that lies on disks only, and requests for it at several entries. */
class ColdStartTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;
  private static final long LOADING = 3 * SECOND;
  private static final int NODES = 10;
  private static final Request REQUEST = Request.entering("m", 0, 1_000);

  private final Seen seen = new Seen();

  private static final class Seen implements Watch {
    final List<Integer> loads = new ArrayList<>();
    final List<Integer> runs = new ArrayList<>();
    final List<Long> answered = new ArrayList<>();
    final List<Long> failed = new ArrayList<>();
    final List<Failure.Kind> failures = new ArrayList<>();

    @Override
    public void onLoad(int node) {
      loads.add(node);
    }

    @Override
    public void onRun(int node, Request request, Call call) {
      runs.add(node);
    }

    @Override
    public void onEnded(long nowNanos, Call call, Failure.@Nullable Kind failure) {
      if (failure == null) {
        answered.add(nowNanos);
      } else {
        failed.add(nowNanos);
        failures.add(failure);
      }
    }
  }

  private RoutingMesh mesh(String policy, int warm) {
    List<Setup.Spec> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      nodes.add(new Setup.Spec(4, 1, Antagonist.NONE, "", i >= warm));
    }
    Setup setup =
        new Setup(
            nodes,
            (from, to) -> from == to ? 0 : MILLI,
            0.2,
            0,
            true,
            64,
            10 * MILLI,
            Setup.NO_BOARD,
            LOADING);
    return new RoutingMesh(1, setup, new Held(setup), Policy.of(policy), seen);
  }

  private static void enter(RoutingMesh mesh, int number, Request request, long deadlineNanos) {
    double work = 10 * MILLI;
    long now = mesh.nowNanos();
    mesh.enter(new Call(number, number % NODES, request, now, now + deadlineNanos, work));
  }

  /** In the order in which they are to load it. */
  private static List<Integer> order() {
    long key = Rendezvous.key("m", 1);
    return IntStream.range(0, NODES)
        .boxed()
        .sorted(Comparator.comparingLong((Integer i) -> rank(RoutingMesh.id(i), key)))
        .toList();
  }

  private static long rank(NodeId node, long key) {
    return Rendezvous.rank(node, key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hot_cold", "random", "round_robin", "prequal", "omniscient"})
  void requestsThatEnterEverywhereAtOnceHaveTheFirstOfTheOrderLoadItOnce(String policy) {
    RoutingMesh mesh = mesh(policy, 0);
    for (int i = 0; i < 40; i++) {
      enter(mesh, i, REQUEST, 10 * SECOND);
    }
    mesh.queue().runUntil(LOADING - 1);
    assertThat(seen.answered).isEmpty();

    mesh.queue().runUntil(12 * SECOND);

    assertThat(seen.loads).containsExactly(order().get(0));
    assertThat(seen.answered).hasSize(40).allMatch(at -> at > LOADING && at < LOADING + SECOND);
    assertThat(seen.failed).isEmpty();
  }

  @Test
  void theDeadlineEndsTheWaitAndTheLoadGoesOn() {
    RoutingMesh mesh = mesh("hot_cold", 0);
    for (int i = 0; i < 20; i++) {
      enter(mesh, i, REQUEST, SECOND);
    }
    mesh.queue().runUntil(2 * SECOND);
    assertThat(seen.failed).hasSize(20).containsOnly(SECOND);
    assertThat(seen.failures).containsOnly(Failure.Kind.EXPIRED);

    enter(mesh, 20, REQUEST, 2 * SECOND);
    mesh.queue().runUntil(10 * SECOND);

    assertThat(seen.loads).hasSize(1);
    assertThat(seen.answered).hasSize(1);
    assertThat(seen.failed).hasSize(20);
  }

  @Test
  void nothingIsLoadedWhereSomebodyHasItLoaded() {
    RoutingMesh mesh = mesh("hot_cold", 1);
    for (int i = 0; i < 20; i++) {
      enter(mesh, i, REQUEST, 10 * SECOND);
    }
    mesh.queue().runUntil(12 * SECOND);

    assertThat(seen.loads).isEmpty();
    assertThat(seen.runs).containsOnly(0);
    assertThat(seen.answered).hasSize(20);
  }

  @Test
  void onceLoadedAllKnowItAndRunThereAtOnce() {
    RoutingMesh mesh = mesh("hot_cold", 0);
    enter(mesh, 0, REQUEST, 10 * SECOND);
    mesh.queue().runUntil(LOADING + SECOND);

    for (int i = 0; i < NODES; i++) {
      enter(mesh, i, REQUEST, 10 * SECOND);
    }
    mesh.queue().runUntil(LOADING + 2 * SECOND);

    assertThat(seen.answered).hasSize(1 + NODES);
    assertThat(seen.loads).hasSize(1);
    assertThat(seen.runs).containsOnly(order().get(0));
  }

  @Test
  void whereTheNodeThatLoadsItDiesTheNextOfTheOrderDoes() {
    RoutingMesh mesh = mesh("hot_cold", 0);
    int first = order().get(0);
    for (int i = 0; i < NODES; i++) {
      if (i != first) {
        enter(mesh, i, REQUEST, 10 * SECOND);
      }
    }
    mesh.queue().runUntil(SECOND);

    mesh.kill(first);
    mesh.queue().runUntil(12 * SECOND);

    assertThat(seen.loads).containsExactly(first, order().get(1));
    assertThat(seen.answered).hasSize(NODES - 1);
    assertThat(seen.failed).isEmpty();
  }

  @Test
  void aNodeThatRestartsHasItOnDiskOnly() {
    RoutingMesh mesh = mesh("hot_cold", 0);
    int first = order().get(0);
    enter(mesh, 0, REQUEST, 10 * SECOND);
    mesh.queue().runUntil(LOADING + SECOND);

    mesh.kill(first);
    mesh.restart(first);
    enter(mesh, first, REQUEST, 10 * SECOND);
    mesh.queue().runUntil(3 * LOADING);

    assertThat(seen.loads).containsExactly(first, first);
    assertThat(seen.answered).hasSize(2);
  }

  @Test
  void noMoreWaitForOneLoadThanADaemonLetsWait() {
    RoutingMesh mesh = mesh("hot_cold", 0);
    int all = ColdLoad.MAX_WAITING + 10;
    for (int i = 0; i < all; i++) {
      enter(mesh, i, REQUEST, 2 * SECOND);
    }

    mesh.queue().runUntil(SECOND);

    assertThat(seen.loads).hasSize(1);
    assertThat(seen.failures).hasSize(10).containsOnly(Failure.Kind.OVERLOADED);
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    Setup setup =
        new Setup(
            Collections.nCopies(5, new Setup.Spec(4, 1, Antagonist.NONE, "", true)),
            (from, to) -> from == to ? 0 : MILLI,
            0.2,
            0,
            true,
            64,
            10 * MILLI,
            Setup.NO_BOARD,
            SECOND);
    Trial trial =
        new Trial(setup, Collections.nCopies(5, 1.0), 50, false, 5 * SECOND, 0, 5 * SECOND);

    Tally first = trial.run(1, Policy.of("hot_cold"));

    assertThat(first.loads()).isEqualTo(1);
    assertThat(first.failed()).isZero();
    assertThat(trial.run(1, Policy.of("hot_cold")).hash()).isEqualTo(first.hash());
  }
}
