// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.NodeView.Standing;
import io.rhizome.scheduler.resilience.Budget;
import io.rhizome.scheduler.resilience.Latencies;
import io.rhizome.scheduler.resilience.Resilience;
import io.rhizome.scheduler.routers.HotCold;
import io.rhizome.scheduler.routers.PowerOfTwoChoices;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/**
 * Requests among nodes that each believe something else about the mesh, that fail, fall silent and
 * answer as it pleases them.
 */
class DispatchPropertyTest {
  private static final DispatchConfig CONFIG = DispatchConfig.DEFAULT;
  private static final int REQUESTS = 20;
  private static final Failure.Kind[] FAILURES = {
    Failure.Kind.OVERLOADED, Failure.Kind.REFUSED, Failure.Kind.BROKEN, Failure.Kind.FINAL
  };

  @Property(tries = 200)
  void everyRequestEndsByItsDeadlineWithinItsBounds(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 12) int nodes,
      @ForAll @IntRange(min = 0, max = 100) int failPercent,
      @ForAll @IntRange(min = 0, max = 100) int silentPercent) {
    new Mesh(new Random(seed), nodes, failPercent, silentPercent).play();
  }

  /** A router whose attempts are counted: each that is sent has one outcome. */
  private static final class Counting implements Router {
    final Router router;
    int sent;
    int outcomes;

    Counting(Router router) {
      this.router = router;
    }

    @Override
    public String name() {
      return router.name();
    }

    @Override
    public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
      return router.route(request, view, random);
    }

    @Override
    public void onSent(long nowNanos, Request request, RouteDecision decision) {
      sent++;
      router.onSent(nowNanos, request, decision);
    }

    @Override
    public void onOutcome(long nowNanos, Request request, Outcome outcome) {
      outcomes++;
      router.onOutcome(nowNanos, request, outcome);
    }
  }

  private static final class Mesh {
    final VirtualTime time = new VirtualTime();
    final Random random;
    final int failPercent;
    final int silentPercent;
    final List<Views> views = new ArrayList<>();
    final List<Serving> all = new ArrayList<>();
    final Counting router;
    final Resilience resilience =
        new Resilience(new Budget(0.2, 0, 3), new Budget(0.1, 0, 2), new Latencies());
    int entered;
    int retries;
    int hedges;

    Mesh(Random random, int nodes, int failPercent, int silentPercent) {
      this.random = random;
      this.failPercent = failPercent;
      this.silentPercent = silentPercent;
      this.router = new Counting(random.nextBoolean() ? new HotCold() : new PowerOfTwoChoices());
      for (int self = 0; self < nodes; self++) {
        views.add(randomViews(self, nodes));
      }
      for (int i = 0; i < 20; i++) {
        resilience.latencies().add(time.now(), MODEL, 10 * MILLI);
      }
    }

    Views randomViews(int self, int nodes) {
      Views made = new Views();
      int warm = random.nextInt(4) == 0 ? 1 : 3;
      for (int other = 0; other < nodes; other++) {
        NodeView there =
            Views.at(
                bare(other),
                other == self ? 0 : random.nextLong(-1, 20) * MILLI,
                new Load(random.nextInt(9), 1 + random.nextInt(8), random.nextLong(9), MILLI));
        if (other != self) {
          there =
              with(
                  with(there, reachability(nodes)),
                  List.of(Standing.values()).get(random.nextInt(3)));
        }
        made.holder(there, random.longs(random.nextInt(warm), 1, 3).toArray());
        made.cold(there, random.longs(random.nextInt(3), 1, 3).toArray());
      }
      return made.rules(RouteRules.NONE.loadingOnDemand(random.nextBoolean()));
    }

    Reachability reachability(int nodes) {
      return switch (random.nextInt(4)) {
        case 0 -> Reachability.NONE;
        case 1 -> new Reachability.Via(node(random.nextInt(nodes)));
        default -> Reachability.DIRECT;
      };
    }

    void play() {
      for (int i = 0; i < REQUESTS; i++) {
        Request request = Request.entering(MODEL, random.nextInt(3), 100);
        long deadline = time.now() + random.nextLong(1, 800) * MILLI;
        entered++;
        new Serving(
                this, 0, random.nextInt(4) == 0 ? request.once() : request, deadline, failure -> {})
            .start();
        time.pass(random.nextLong(50) * MILLI);
      }
      time.pass(1_000 * MILLI);
      for (Serving serving : all) {
        assertThat(serving.ended).isTrue();
        assertThat(serving.out).isEmpty();
        assertThat(serving.dispatch.nextTimerNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(serving.dispatch.onTimer(serving.view())).isEmpty();
      }
      assertThat(router.outcomes).isEqualTo(router.sent);
    }

    boolean draw(int percent) {
      return random.nextInt(100) < percent;
    }
  }

  /** One request at one node. */
  private static final class Serving {
    final Mesh mesh;
    final int self;
    final Request request;
    final long deadline;
    final Consumer<@Nullable Failure> reply;
    final Dispatch dispatch;
    final SortedSet<Integer> out = new TreeSet<>();
    final SortedMap<Integer, Serving> elsewhere = new TreeMap<>();
    final SortedSet<NodeId> used = new TreeSet<>();
    final SortedMap<Integer, NodeId> holders = new TreeMap<>();
    final SortedSet<NodeId> givenUp = new TreeSet<>();
    long timer = Long.MAX_VALUE;
    boolean mayHaveRun;
    boolean ended;

    Serving(
        Mesh mesh, int self, Request request, long deadline, Consumer<@Nullable Failure> reply) {
      assertThat(request.path().visited()).doesNotHaveDuplicates().doesNotContain(node(self));
      assertThat(request.path().hopLimit()).isBetween(0, Request.DEFAULT_HOP_LIMIT);
      this.mesh = mesh;
      this.self = self;
      this.request = request;
      this.deadline = deadline;
      this.reply = reply;
      this.dispatch =
          new Dispatch(request, mesh.router, deadline, CONFIG, mesh.resilience, mesh.random);
      mesh.all.add(this);
    }

    ClusterView view() {
      return mesh.views.get(self).at(mesh.time.now()).from(self);
    }

    void start() {
      follow(dispatch.start(view()));
    }

    void follow(List<Step> steps) {
      for (Step step : steps) {
        assertThat(ended).isFalse();
        if (step instanceof Step.RunHere here) {
          sent(here.attempt(), node(self));
          run(here.attempt());
        } else if (step instanceof Step.Forward there) {
          sent(there.attempt(), there.holder());
          send(there);
        } else if (step instanceof Step.GiveUp gone) {
          assertThat(out.remove(gone.attempt())).isTrue();
          givenUp.add(holders.get(gone.attempt()));
          mayHaveRun |= gone.silent();
          Serving peer = elsewhere.get(gone.attempt());
          if (peer != null) {
            mesh.time.after(MILLI, peer::cancel);
          }
        } else if (step instanceof Step.Fail fail) {
          assertThat(out).isEmpty();
          end(failure(fail.error()));
        }
      }
      assertThat(out.size()).isLessThanOrEqualTo(2);
      watch();
    }

    void sent(int attempt, NodeId holder) {
      assertThat(attempt).isLessThanOrEqualTo(CONFIG.attemptsFor(request));
      assertThat(used.add(holder) || givenUp.remove(holder))
          .as("tried for the first time, or again as it was merely silent")
          .isTrue();
      holders.put(attempt, holder);
      if (!out.isEmpty()) {
        assertThat(request.isEntering() && request.repeatable()).isTrue();
        mesh.hedges++;
      } else if (mayHaveRun) {
        assertThat(request.repeatable()).isTrue();
        mesh.retries++;
      }
      mayHaveRun = false;
      assertThat(mesh.hedges).isLessThanOrEqualTo((int) (2 + 0.1 * mesh.entered + 1e-6));
      assertThat(mesh.retries).isLessThanOrEqualTo((int) (3 + 0.2 * mesh.entered + 1e-6));
      out.add(attempt);
    }

    void run(int attempt) {
      if (!mesh.draw(mesh.silentPercent)) {
        long nanos = mesh.random.nextLong(60) * MILLI;
        mesh.time.after(nanos, () -> hear(attempt, drawn()));
      }
    }

    @Nullable Failure drawn() {
      Failure.Kind kind = FAILURES[mesh.random.nextInt(FAILURES.length)];
      return mesh.draw(mesh.failPercent) ? new Failure(kind, "drawn") : null;
    }

    void send(Step.Forward step) {
      if (mesh.draw(mesh.silentPercent / 2)) {
        return;
      }
      Request passed = request.forwardedBy(node(self), step.target());
      Serving peer =
          new Serving(
              mesh,
              step.to().bytes()[0],
              passed,
              deadline,
              failure -> mesh.time.after(MILLI, () -> hear(step.attempt(), failure)));
      elsewhere.put(step.attempt(), peer);
      mesh.time.after(MILLI, peer::start);
    }

    void hear(int attempt, @Nullable Failure failure) {
      boolean wanted = out.remove(attempt);
      if (wanted && failure != null) {
        mayHaveRun = out.isEmpty() && failure.kind().mayHaveRun();
      }
      if (wanted && failure == null) {
        List<Step> steps = dispatch.onAnswer(view(), attempt, null);
        follow(steps);
        end(null);
        return;
      }
      List<Step> steps =
          failure == null
              ? dispatch.onAnswer(view(), attempt, null)
              : dispatch.onFailure(view(), attempt, failure, null);
      if (wanted) {
        follow(steps);
      } else {
        assertThat(steps).isEmpty();
      }
    }

    /** The peer that sent it does not want it any more. */
    void cancel() {
      if (!out.isEmpty()) {
        hear(out.first(), new Failure(Failure.Kind.CANCELLED, "not wanted"));
        assertThat(ended).isTrue();
      }
    }

    void watch() {
      long next = dispatch.nextTimerNanos();
      if (!ended && next < timer) {
        timer = next;
        mesh.time.after(Math.max(0, next - mesh.time.now()), () -> onTimer(next));
      }
    }

    void onTimer(long planned) {
      if (timer == planned && !ended) {
        timer = Long.MAX_VALUE;
        follow(dispatch.onTimer(view()));
        assertThat(ended || dispatch.nextTimerNanos() > mesh.time.now()).isTrue();
      }
    }

    void end(@Nullable Failure failure) {
      assertThat(ended).isFalse();
      assertThat(mesh.time.now()).isLessThanOrEqualTo(deadline + MILLI);
      if (request.isEntering()) {
        assertThat(mesh.time.now()).isLessThanOrEqualTo(deadline);
      }
      ended = true;
      reply.accept(failure);
    }

    static Failure failure(DispatchError error) {
      boolean mayHaveRun =
          error.attempts().stream().anyMatch(attempt -> attempt.failure().kind().mayHaveRun());
      Failure.Kind kind =
          switch (error.kind()) {
            case OVERLOADED -> Failure.Kind.OVERLOADED;
            case FINAL -> Failure.Kind.FINAL;
            case DEADLINE_EXCEEDED -> Failure.Kind.EXPIRED;
            case CANCELLED -> Failure.Kind.CANCELLED;
            default -> mayHaveRun ? Failure.Kind.BROKEN : Failure.Kind.REFUSED;
          };
      return new Failure(kind, error.message());
    }
  }
}
