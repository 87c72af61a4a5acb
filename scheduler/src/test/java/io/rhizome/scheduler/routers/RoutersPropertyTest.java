// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler.routers;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.at;
import static io.rhizome.scheduler.Views.bare;
import static io.rhizome.scheduler.Views.node;
import static io.rhizome.scheduler.Views.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.Candidates;
import io.rhizome.scheduler.ClusterView;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.NodeView.Standing;
import io.rhizome.scheduler.Outcome;
import io.rhizome.scheduler.Place;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.Request.Client;
import io.rhizome.scheduler.Request.Path;
import io.rhizome.scheduler.RouteDecision;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteRules;
import io.rhizome.scheduler.Router;
import io.rhizome.scheduler.Views;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever the view, and whatever a router learnt: what holds of all of them. */
class RoutersPropertyTest {
  private static final Routers ROUTERS =
      new Routers(ServiceLoader.load(Router.class).stream().toList());
  private static final int STEPS = 30;

  private static final List<Standing> STANDINGS =
      List.of(
          Standing.WELL,
          Standing.WELL,
          Standing.WELL,
          Standing.WELL,
          Standing.SUSPECT,
          Standing.EJECTED);

  @Property(tries = 2_000)
  void noRouterChoosesWhatIsNoCandidate(
      @ForAll("names") String name,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int nodes) {
    Random random = new Random(seed);
    Router router = ROUTERS.create(name, Draws.parameters());
    long now = 0;
    for (int step = 0; step < STEPS; step++) {
      now += random.nextLong(600 * MILLI);
      ClusterView view = randomView(nodes, now, random);
      Request request = randomRequest(nodes, random);
      RouteDecision decision = router.route(request, view, new Random(seed + step));

      allowed(request, view, decision);
      assertThat(router.route(request, view, new Random(seed + step))).isEqualTo(decision);
      teach(router, now, request, decision, nodes, random);
    }
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(ROUTERS.names());
  }

  private static void allowed(Request request, ClusterView view, RouteDecision decision) {
    Candidates candidates = Candidates.of(request, view);
    if (decision.action() instanceof Action.Refuse) {
      assertThat(candidates.all()).isEmpty();
      assertThat(decision).isEqualTo(candidates.refuse());
      return;
    }
    NodeId holder =
        decision.action() instanceof Action.Forward forward ? forward.holder() : view.self();
    Optional<NodeView> chosen = candidates.of(holder);
    assertThat(chosen).isPresent();
    assertThat(candidates.objection(chosen.orElseThrow())).isNull();
    assertThat(decision.action()).isEqualTo(candidates.choose(chosen.orElseThrow()).action());
    assertThat(decision.considered().get(0).node()).isEqualTo(holder);
    assertThat(decision.considered()).extracting(one -> one.node()).doesNotHaveDuplicates();
    assertThat(decision.ask())
        .doesNotHaveDuplicates()
        .doesNotContain(view.self())
        .allSatisfy(asked -> assertThat(candidates.of(asked)).isPresent());
  }

  private static void teach(
      Router router, long now, Request request, RouteDecision decision, int nodes, Random random) {
    if (!(decision.action() instanceof Action.Refuse)) {
      NodeId holder = decision.considered().get(0).node();
      Load load = random.nextBoolean() ? null : randomLoad(random);
      Failure.Kind[] kinds = Failure.Kind.values();
      Failure.Kind failure = random.nextInt(3) > 0 ? null : kinds[random.nextInt(kinds.length)];
      router.onSent(now, request, decision);
      router.onOutcome(
          now, request, new Outcome(holder, failure, random.nextLong(99 * MILLI), load));
    }
    for (int i = random.nextInt(20); i > 0; i--) {
      router.onLoad(now, MODEL, node(random.nextInt(nodes)), randomLoad(random));
    }
    router.onTick(now);
  }

  private static Load randomLoad(Random random) {
    return new Load(
        random.nextInt(12),
        random.nextInt(1, 8),
        random.nextLong(20 * MILLI),
        random.nextLong(20 * MILLI));
  }

  private static Request randomRequest(int nodes, Random random) {
    List<NodeId> visited = new ArrayList<>();
    SortedSet<NodeId> tried = new TreeSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      NodeId passed = node(1 + random.nextInt(nodes + 1));
      if (!visited.contains(passed)) {
        visited.add(passed);
      }
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      tried.add(node(random.nextInt(nodes)));
    }
    NodeId target =
        !visited.isEmpty() && random.nextInt(3) == 0 ? node(random.nextInt(nodes)) : null;
    String key = random.nextBoolean() ? "" : "key-" + random.nextInt(9);
    return Request.entering(MODEL, random.nextInt(3), 100)
        .withClient(new Client("", "", key))
        .withPath(new Path(visited, random.nextInt(5), target, tried));
  }

  private static ClusterView randomView(int nodes, long now, Random random) {
    Views views = new Views().at(now);
    boolean warm = random.nextInt(4) > 0;
    String[] zones = {"", "de", "fr"};
    String[] sites = {"", "a", "b"};
    for (int i = 0; i < nodes; i++) {
      NodeView node = at(bare(i), i == 0 ? 0 : random.nextLong(-1, 20 * MILLI), randomLoad(random));
      String zone = zones[random.nextInt(3)];
      String site = sites[random.nextInt(3)];
      node = with(node, new Place(site, site, "edge", zone, random.nextInt(3)));
      if (i > 0) {
        node = with(node, random.nextInt(4), random.nextLong(500 * MILLI));
        node = with(node, STANDINGS.get(random.nextInt(STANDINGS.size())));
        node = with(node, randomReachability(nodes, random));
      }
      if (random.nextInt(4) == 0) {
        views.cold(node, random.longs(random.nextInt(3), 1, 3).toArray());
      }
      if (warm) {
        views.holder(node, random.longs(random.nextInt(3), 1, 3).toArray());
      } else {
        views.put(node);
      }
    }
    boolean onDemand = random.nextBoolean();
    RouteRules anywhere = RouteRules.NONE.loadingOnDemand(onDemand);
    RouteRules german =
        new RouteRules(List.of("de"), List.of(), random.nextInt(2)).loadingOnDemand(onDemand);
    return views.rules(random.nextBoolean() ? anywhere : german).from(0);
  }

  private static Reachability randomReachability(int nodes, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Reachability.NONE;
      case 1 -> new Reachability.Via(node(1 + random.nextInt(nodes)));
      default -> Reachability.DIRECT;
    };
  }
}
