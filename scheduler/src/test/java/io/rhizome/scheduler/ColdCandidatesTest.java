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
import io.rhizome.scheduler.Request.Path;
import io.rhizome.scheduler.RouteDecision.Action;
import io.rhizome.scheduler.RouteDecision.Considered;
import io.rhizome.scheduler.RouteDecision.Refusal;
import io.rhizome.scheduler.routers.HotCold;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Candidates that have a model on disk only. */
class ColdCandidatesTest {
  private static final int NODES = 12;
  private static final RouteRules ON_DEMAND = RouteRules.NONE.loadingOnDemand(true);

  private static Views mesh() {
    return new Views().rules(ON_DEMAND);
  }

  /** All of these have version 1 on disk. */
  private static Views stored(int... numbers) {
    Views views = mesh();
    for (int number : numbers) {
      views.cold(bare(number), 1);
    }
    return views;
  }

  private static Request request(String model) {
    return Request.entering(model, 0, 100);
  }

  private static Request tried(int... numbers) {
    SortedSet<NodeId> tried = new TreeSet<>();
    for (int number : numbers) {
      tried.add(node(number));
    }
    return request(MODEL).withPath(Path.ENTRY.withTried(tried));
  }

  private static Request onItsWay(int from, @Nullable NodeId target) {
    return request(MODEL).withPath(new Path(List.of(node(from)), 3, target));
  }

  private static Request asking(long version) {
    return Request.entering(MODEL, version, 100);
  }

  private static Optional<NodeId> chosen(Request request, ClusterView view) {
    List<NodeView> all = Candidates.of(request, view).all();
    assertThat(all).hasSizeLessThanOrEqualTo(1);
    return all.stream().map(NodeView::id).findFirst();
  }

  private static int number(Optional<NodeId> chosen) {
    return chosen.orElseThrow().bytes()[0];
  }

  private static List<String> verdicts(Request request, ClusterView view) {
    Candidates candidates = Candidates.of(request, view);
    assertThat(candidates.isEmpty()).isTrue();
    return candidates.refuse().considered().stream().map(Considered::verdict).toList();
  }

  private static Refusal refusal(Request request, ClusterView view) {
    return ((Action.Refuse) Candidates.of(request, view).refuse().action()).reason();
  }

  @Test
  void areOneNodeTheSameWhereverTheRequestEnters() {
    Views views = mesh();
    for (int i = 0; i < NODES; i++) {
      views.cold(bare(i), 1);
    }
    SortedSet<NodeId> loaders = new TreeSet<>();
    for (int entry = 0; entry < NODES; entry++) {
      ClusterView view = views.from(entry);
      Candidates candidates = Candidates.of(request(MODEL), view);
      NodeView loader = candidates.all().get(0);
      loaders.add(loader.id());
      assertThat(candidates.ids()).containsExactly(loader.id());
      assertThat(candidates.choose(loader).action())
          .isEqualTo(
              loader.id().equals(node(entry))
                  ? new Action.RunHere(1)
                  : new Action.Forward(loader.id(), null, 1));
      assertThat(candidates.choose(loader).considered().get(0).verdict())
          .isEqualTo("chosen; cold: it has to load it first");
    }

    assertThat(loaders).hasSize(1);
  }

  @Test
  void modelsSpreadOverTheNodesAndMoveOnlyWhereTheirNodeLeaves() {
    SortedMap<NodeId, Integer> share = new TreeMap<>();
    int models = 400;
    int gone = 3;
    List<NodeId> all = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      all.add(node(i));
    }
    for (int m = 0; m < models; m++) {
      long key = Rendezvous.key("model-" + m, 1);
      NodeId before = first(all, key);
      List<NodeId> left = new ArrayList<>(all);
      left.remove(node(gone));
      share.merge(before, 1, Integer::sum);
      if (!before.equals(node(gone))) {
        assertThat(first(left, key)).isEqualTo(before);
      }
    }

    assertThat(share).hasSize(NODES);
    assertThat(share.values()).allMatch(count -> count > 12 && count < 60);
  }

  private static NodeId first(List<NodeId> nodes, long key) {
    return nodes.stream()
        .min(Comparator.comparingLong(node -> Rendezvous.rank(node, key)))
        .orElseThrow();
  }

  @Test
  void areTheNextOnceTheFirstFailedAndNobodyOnceAllDid() {
    ClusterView view = stored(1, 2, 3).from(0);
    int first = number(chosen(request(MODEL), view));
    int second = number(chosen(tried(first), view));
    int third = number(chosen(tried(first, second), view));

    assertThat(List.of(first, second, third)).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(chosen(request(MODEL), without(first).from(0)))
        .describedAs("where it left, the same one follows")
        .contains(node(second));
    assertThat(refusal(tried(1, 2, 3), view)).isEqualTo(Refusal.HOLDERS_EXHAUSTED);
    assertThat(verdicts(tried(1, 2, 3), view)).containsOnly("cold: tried").hasSize(3);
  }

  private static Views without(int gone) {
    Views views = mesh();
    for (int i = 1; i <= 3; i++) {
      if (i != gone) {
        views.cold(bare(i), 1);
      }
    }
    return views;
  }

  @Test
  void areNoneWithoutTheRule() {
    ClusterView view = stored(1, 2).rules(RouteRules.NONE).from(0);

    assertThat(refusal(request(MODEL), view)).isEqualTo(Refusal.NO_HOLDER);
    assertThat(verdicts(request(MODEL), view))
        .containsOnly("cold: no Route lets it load on demand");
    assertThat(chosen(onItsWay(1, null), stored(0).rules(RouteRules.NONE).from(0))).isEmpty();
  }

  @Test
  void areNoneWhereOneHasItLoadedThoughThatIsFullOrOfAnOlderVersion() {
    Views views = stored(1, 2).holder(3, MILLI, 0, 1);

    assertThat(chosen(request(MODEL), views.from(0))).contains(node(3));
    assertThat(refusal(tried(3), views.from(0))).isEqualTo(Refusal.HOLDERS_EXHAUSTED);
    assertThat(verdicts(tried(3), views.from(0)))
        .containsExactly("tried", "cold: others have it loaded", "cold: others have it loaded");
    assertThat(chosen(request(MODEL), views.cold(bare(4), 2).from(0))).contains(node(3));
    assertThat(chosen(asking(2), views.from(0)))
        .describedAs("whoever asks for a version gets that")
        .contains(node(4));
  }

  @Test
  void takeOverFromOneThatHadItLoadedAndIsLost() {
    NodeView loaded = bare(3);

    for (NodeView lost :
        List.of(
            with(loaded, Standing.EJECTED),
            with(loaded, Standing.SUSPECT),
            with(loaded, Reachability.NONE))) {
      ClusterView view = stored(1).holder(lost, 1).from(0);
      assertThat(chosen(request(MODEL), view)).contains(node(3));
      assertThat(chosen(tried(3), view)).contains(node(1));
    }
  }

  @Test
  void areOfTheNewestVersionAndOfTheNextWhereThatHasNoneLeft() {
    ClusterView view = mesh().cold(bare(1), 1, 2).cold(bare(2), 3).from(0);

    assertThat(action(request(MODEL), view)).isEqualTo(new Action.Forward(node(2), null, 3));
    assertThat(action(tried(2), view)).isEqualTo(new Action.Forward(node(1), null, 2));
    assertThat(action(asking(1), view)).isEqualTo(new Action.Forward(node(1), null, 1));
  }

  private static Action action(Request request, ClusterView view) {
    Candidates candidates = Candidates.of(request, view);
    return candidates.choose(candidates.all().get(0)).action();
  }

  @Test
  void areThoseThatPolicyAllows() {
    Place german = new Place("eu", "berlin", "core", "de", 3);
    Place french = new Place("eu", "paris", "core", "fr", 3);
    Views views =
        new Views()
            .rules(new RouteRules(List.of("de"), List.of(), 0).loadingOnDemand(true))
            .put(with(bare(0), german))
            .holder(with(bare(9), french), 1);
    for (int i = 1; i < NODES - 4; i++) {
      views.cold(with(bare(i), french), 1);
    }

    assertThat(refusal(request(MODEL), views.from(0))).isEqualTo(Refusal.FORBIDDEN);
    assertThat(chosen(request(MODEL), views.cold(with(bare(10), german), 1).from(0)))
        .describedAs("one that has it loaded where it may not run is no reason to wait")
        .contains(node(10));
  }

  @Test
  void areSuspectedAndUnreachedOnesOnlyAsALastResort() {
    Views views =
        mesh()
            .cold(with(bare(1), Standing.SUSPECT), 2)
            .cold(with(bare(2), Reachability.NONE), 2)
            .cold(bare(3), 1);

    assertThat(chosen(request(MODEL), views.from(0))).contains(node(3));
    assertThat(chosen(tried(3), views.from(0))).contains(node(1));
    assertThat(chosen(tried(1, 3), views.from(0))).contains(node(2));
  }

  @Test
  void ofWhatAPeerSentHereAreThisNodeOrNobody() {
    assertThat(action(onItsWay(5, null), stored(0, 1, 2, 3).from(0)))
        .isEqualTo(new Action.RunHere(1));
    assertThat(chosen(onItsWay(5, null), stored(1, 2, 3).from(0))).isEmpty();
    assertThat(action(onItsWay(5, null), stored(0).holder(4, MILLI, 0, 1).from(0)))
        .describedAs("it has become loaded elsewhere")
        .isEqualTo(new Action.Forward(node(4), null, 1));
  }

  @Test
  void behindARelayAreReachedThroughIt() {
    ClusterView entry =
        mesh().cold(with(bare(1), new Reachability.Via(node(2))), 1).put(bare(2)).from(0);

    assertThat(action(request(MODEL), entry)).isEqualTo(new Action.Forward(node(2), node(1), 1));
    assertThat(action(onItsWay(5, node(1)), stored(0, 1, 2, 3).from(0)))
        .isEqualTo(new Action.Forward(node(1), null, 1));
    assertThat(chosen(onItsWay(5, node(1)), stored(1).rules(RouteRules.NONE).from(0))).isEmpty();
  }

  @Test
  void explainNamesTheOneThatWouldLoadItAndWhyNotTheOthers() {
    ClusterView view = stored(1, 2, 3).from(0);
    NodeId first = node(number(chosen(request(MODEL), view)));

    Explanation explanation = explain(view);

    assertThat(explanation.holders()).hasSize(3).allMatch(Explanation.Holder::cold);
    assertThat(explanation.holders().get(0).node().id()).isEqualTo(first);
    assertThat(explanation.holders())
        .extracting(Explanation.Holder::verdict)
        .containsExactly(
            "chosen; cold: it has to load it first",
            "cold: another is to load it",
            "cold: another is to load it");
    assertThat(explanation.changes()).isEmpty();
  }

  @Test
  void explainTellsWhatWouldHaveItLoaded() {
    Explanation explanation = explain(stored(1).rules(RouteRules.NONE).from(0));

    assertThat(explanation.decision().action()).isEqualTo(new Action.Refuse(Refusal.NO_HOLDER));
    assertThat(explanation.changes())
        .containsExactly(
            new Explanation.Change(
                node(1), "were it not for this: cold: no Route lets it load on demand"));
  }

  @Test
  void explainListsColdHoldersBehindThoseThatHaveItLoaded() {
    Explanation explanation = explain(stored(1).holder(2, 9 * MILLI, 0, 1).from(0));

    assertThat(explanation.holders())
        .extracting(Explanation.Holder::verdict)
        .containsExactly("chosen", "cold: others have it loaded");
    assertThat(explanation.changes()).isEmpty();
  }

  private static Explanation explain(ClusterView view) {
    return Explanation.of(request(MODEL), view, new HotCold(), new Random(1));
  }
}
