// SPDX-License-Identifier: Apache-2.0
package io.rhizome.simulator.routing;

import io.rhizome.scheduler.Priority;
import io.rhizome.scheduler.Request;
import io.rhizome.simulator.experiment.Experiment;
import io.rhizome.simulator.experiment.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Random requests in random meshes: policies, inconsistent views, nodes that die, hang and come
 * back, links that are cut one way, lost packets. Does any byte get where policy forbids it, does
 * any request turn in circles or end late?
 */
public final class WildExperiment implements Experiment {
  private static final long MILLI = 1_000_000L;

  /** In the order in which meshes take them. */
  private static final List<String> POLICIES =
      List.of(
          "hot_cold",
          "power_of_two",
          "c3",
          "prequal",
          "zone_aware",
          "peak_ewma",
          "ring_hash",
          "least_request",
          "round_robin",
          "weighted",
          "random");

  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  private final Plan plan;

  /**
   * How much of it.
   *
   * @param meshes each with another topology, policy and router
   * @param requests in each
   */
  public record Plan(int meshes, int requests) {
    /** 100,000 requests. */
    public static Plan full() {
      return new Plan(400, 250);
    }

    /** A glance: a quarter. */
    public static Plan quick() {
      return new Plan(100, 250);
    }
  }

  /** Of that plan. */
  public WildExperiment(Plan plan) {
    this.plan = plan;
  }

  @Override
  public List<Reading> run(long seed, Consumer<String> progress) {
    long forbidden = 0;
    long loops = 0;
    long late = 0;
    long twice = 0;
    long answered = 0;
    long relayed = 0;
    long hash = 7;
    for (int mesh = 0; mesh < plan.meshes(); mesh++) {
      Wardens wardens = new Life(seed, mesh).live();
      forbidden += wardens.forbidden();
      loops += wardens.loops();
      late += wardens.late(plan.requests());
      twice += wardens.twice();
      answered += wardens.answered();
      relayed += wardens.relayed();
      hash = hash * 31 + wardens.hash();
    }
    progress.accept(
        "wild: %d requests, %d answered, %d times through a relay, hash %x"
            .formatted((long) plan.meshes() * plan.requests(), answered, relayed, hash));
    return List.of(
        new Reading("wild_requests", (double) plan.meshes() * plan.requests()),
        new Reading("wild_answered", answered),
        new Reading("wild_relayed", relayed),
        new Reading("wild_twice", twice),
        // What a double holds exactly.
        new Reading("wild_hash", hash & 0xffff_ffffL),
        new Reading("forbidden", forbidden),
        new Reading("loops", loops),
        new Reading("late", late));
  }

  /** One mesh from its beginning until all has ended. */
  private final class Life {
    private final SplittableRandom random;
    private final int nodes;
    private final WildWorld world;
    private final Wardens wardens;
    private final RoutingMesh mesh;
    private final int entries;
    private int victim = -1;

    Life(long seed, int number) {
      random = new Streams(seed).of("wild", number);
      nodes = 3 + random.nextInt(10);
      entries = 1 + nodes / 2;
      world = new WildWorld(nodes, random.split());
      wardens = new Wardens(world);
      long[] rtts = random.longs((long) nodes * nodes, 0, 40 * MILLI).toArray();
      List<Setup.Spec> specs = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        double speed = 0.5 + random.nextDouble();
        specs.add(new Setup.Spec(1 + random.nextInt(3), speed, Antagonist.NONE));
      }
      Setup setup =
          new Setup(
              specs,
              (from, to) -> from == to ? 0 : rtts[from * nodes + to],
              0.3,
              0.02,
              true,
              random.nextInt(40),
              10 * MILLI,
              Setup.NO_BOARD);
      Policy policy = Policy.of(POLICIES.get(number % POLICIES.size()));
      mesh = new RoutingMesh(random.nextLong(), setup, world, policy, wardens);
    }

    Wardens live() {
      long at = 0;
      for (int i = 0; i < plan.requests(); i++) {
        at += random.nextLong(12 * MILLI);
        Call call = drawCall(i, at);
        mesh.queue().at(at, () -> enter(call));
      }
      for (long moment = 0; moment < at; moment += 50 * MILLI) {
        mesh.queue().at(moment, this::disturb);
      }
      mesh.queue().runUntil(at + 4_000 * MILLI);
      return wardens;
    }

    private Call drawCall(int number, long at) {
      Request.Client client =
          new Request.Client(
              "tenant-" + random.nextInt(WildWorld.TENANTS + 1), "", "" + random.nextInt(5));
      Request request =
          Request.entering("m", random.nextInt(3), 100)
              .withClient(client)
              .withPriority(PRIORITIES.get(random.nextInt(3)));
      long deadline = at + 1 + random.nextLong(1_000 * MILLI);
      double work = 10 * MILLI * Streams.exponential(random);
      return new Call(
          number,
          random.nextInt(entries),
          random.nextInt(4) == 0 ? request.once() : request,
          at,
          deadline,
          work);
    }

    /** A client whose entry does not answer goes to the next. */
    private void enter(Call call) {
      if (call.entry() == victim) {
        int next = (call.entry() + 1) % entries;
        mesh.enter(
            new Call(
                call.number(),
                next,
                call.request(),
                call.arrivedNanos(),
                call.deadlineNanos(),
                call.workNanos()));
      } else {
        mesh.enter(call);
      }
    }

    /**
     * One node at a time dies, or hangs unless clients wait for it: those end by their own clocks.
     * Links and beliefs change at any time.
     */
    private void disturb() {
      world.renew(random.nextInt(nodes));
      mesh.cut(random.nextInt(nodes), random.nextInt(nodes), random.nextInt(3) > 0);
      for (int i = 0; i < 2; i++) {
        mesh.cut(random.nextInt(nodes), random.nextInt(nodes), false);
      }
      if (victim >= 0) {
        mesh.hang(victim, false);
        mesh.restart(victim);
        victim = -1;
      } else if (random.nextInt(3) > 0) {
        victim = random.nextInt(nodes);
        if (victim < entries || random.nextBoolean()) {
          mesh.kill(victim);
        } else {
          mesh.hang(victim, true);
        }
      }
    }
  }
}
