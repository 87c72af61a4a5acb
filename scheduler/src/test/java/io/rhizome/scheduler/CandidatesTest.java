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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CandidatesTest {
  private static final Place BERLIN = new Place("eu", "berlin", "core", "de", 3);

  /** Where everything may pass. */
  private static final Place GUARDED = new Place("eu", "hq", "core", "de", 4);

  private static final Place PARIS = new Place("eu", "paris", "edge", "fr", 1);
  private static final RouteRules GERMAN = new RouteRules(List.of("de"), List.of(), 0);

  private final Random random = new Random(1);

  @Test
  void areTheHoldersOfTheNewestVersionWhereNoneIsAskedFor() {
    ClusterView view =
        new Views().holder(0, 0, 0, 1).holder(1, MILLI, 0, 1, 2).holder(2, MILLI, 0, 1).from(0);

    assertThat(actions(request(0), view)).containsExactly(new Action.Forward(node(1), null, 2));
  }

  @Test
  void areTheHoldersOfTheVersionAskedForThoughANewerOneExists() {
    ClusterView view = new Views().holder(1, MILLI, 0, 2).holder(2, MILLI, 0, 1, 2).from(0);

    assertThat(actions(request(1), view)).containsExactly(new Action.Forward(node(2), null, 1));
  }

  @Test
  void areThoseOfTheNextOlderVersionOnceTheNewestHasNoneLeft() {
    ClusterView view =
        new Views().holder(1, MILLI, 0, 3).unreachable(2, 3).holder(3, MILLI, 0, 2).from(0);

    assertThat(actions(tried(1), view)).containsExactly(new Action.Forward(node(3), null, 2));
  }

  @Test
  void areNotThoseThatFailedTheRequest() {
    ClusterView view = new Views().holder(0, 0, 0, 1).holder(1, MILLI, 0, 1).from(0);

    assertThat(ids(Candidates.of(tried(0), view))).containsExactly(node(1));
    assertThat(refusal(tried(0, 1), view)).isEqualTo(Refusal.HOLDERS_EXHAUSTED);
    assertThat(verdicts(tried(0, 1), view)).containsExactly("tried", "tried");
  }

  @Test
  void areThoseThatCannotBeReachedOnlyWhereNothingElseIsLeft() {
    Views views = new Views().unreachable(1, 2).holder(2, MILLI, 0, 1);

    assertThat(ids(Candidates.of(request(0), views.from(0))))
        .describedAs("an older version that is reached goes before")
        .containsExactly(node(2));
    assertThat(actions(tried(2), views.from(0)))
        .containsExactly(new Action.Forward(node(1), null, 2));
    assertThat(refusal(tried(1, 2), views.from(0))).isEqualTo(Refusal.HOLDERS_EXHAUSTED);
  }

  @Test
  void areNotThoseThatTheRequestPassed() {
    ClusterView view = new Views().holder(1, MILLI, 0, 1).holder(2, 9 * MILLI, 0, 1).from(0);

    assertThat(actions(onItsWay(List.of(node(1)), 3, null), view))
        .containsExactly(new Action.Forward(node(2), null, 1));
    assertThat(verdicts(onItsWay(List.of(node(1), node(2)), 2, null), view))
        .containsExactly("visited", "visited");
  }

  @Test
  void withoutHopsLeftAreThisNodeAloneEvenForAnOlderVersion() {
    ClusterView view = new Views().holder(0, 0, 9 * MILLI, 1).holder(1, MILLI, 0, 2).from(0);

    assertThat(actions(onItsWay(List.of(node(3)), 0, null), view))
        .containsExactly(new Action.RunHere(1));
  }

  @Test
  void withoutHopsLeftAreNoneWhereThisNodeDoesNotHoldIt() {
    ClusterView view = new Views().holder(1, MILLI, 0, 2).from(0);
    Request last = onItsWay(List.of(node(3)), 0, null);

    assertThat(refusal(last, view)).isEqualTo(Refusal.HOP_LIMIT);
    assertThat(verdicts(last, view)).containsExactly("beyond the hop limit");
  }

  @Test
  void areNoneForAModelOrVersionThatNobodyHolds() {
    ClusterView view = new Views().holder(1, MILLI, 0, 2).from(0);

    assertThat(refusal(Request.entering("other", 0, 100), view)).isEqualTo(Refusal.NO_HOLDER);
    assertThat(refusal(request(7), view)).isEqualTo(Refusal.NO_HOLDER);
  }

  @Test
  void areNotThoseThatAreGoneThoughTheIndexStillNamesThem() {
    ClusterView whole = new Views().holder(1, MILLI, 0, 1).holder(2, MILLI, 0, 1).from(0);
    ClusterView view = new Without(whole, node(1));

    assertThat(ids(Candidates.of(request(0), view))).containsExactly(node(2));
    assertThat(refusal(request(0), new Without(view, node(2)))).isEqualTo(Refusal.NO_HOLDER);
  }

  @Test
  void keepWhatAPeerSentHereEvenWhenAnotherSeemsCheaper() {
    ClusterView view = new Views().holder(0, 0, 5 * MILLI, 1).holder(1, 0, 0, 1, 2).from(0);

    assertThat(actions(onItsWay(List.of(node(2)), 3, null), view))
        .containsExactly(new Action.RunHere(1));
  }

  @Test
  void ofWhatAPeerSentHereInVainAreTheOthers() {
    ClusterView view = new Views().holder(1, 0, 0, 1).holder(2, 0, 0, 1).from(0);

    assertThat(actions(onItsWay(List.of(node(2)), 3, null), view))
        .containsExactly(new Action.Forward(node(1), null, 1));
  }

  @Test
  void behindARelayAreReachedThroughIt() {
    ClusterView view = behindRelay(bare(2)).from(0);

    assertThat(actions(request(0), view)).containsExactly(new Action.Forward(node(2), node(1), 1));
  }

  @Test
  void behindARelayAreNoneWhereThatIsOfNoUse() {
    NodeView relay = bare(2);
    RouteRules rules = new RouteRules(List.of("de"), List.of(), 0);
    NodeView holder = with(with(bare(1), new Reachability.Via(node(2))), BERLIN);

    assertThat(verdicts(request(0), behindRelay(with(relay, Reachability.NONE)).from(0)))
        .containsExactly("unreachable, as its relay is");
    assertThat(
            verdicts(
                request(0),
                behindRelay(with(relay, new Reachability.Via(node(3)))).put(bare(3)).from(0)))
        .containsExactly("unreachable, as its relay is");
    assertThat(verdicts(onItsWay(List.of(node(5)), 1, null), behindRelay(relay).from(0)))
        .containsExactly("beyond the hop limit, behind a relay");
    assertThat(verdicts(onItsWay(List.of(node(2)), 3, null), behindRelay(relay).from(0)))
        .containsExactly("behind a relay that was tried");
    assertThat(verdicts(tried(2), behindRelay(relay).from(0)))
        .containsExactly("behind a relay that was tried");
    assertThat(
            verdicts(
                request(0),
                new Views().holder(holder, 1).put(with(relay, PARIS)).rules(rules).from(0)))
        .containsExactly("behind a relay: residencyZones [de] exclude zone 'fr'");
  }

  @Test
  void aRelayThatMayNotRunItMayPassIt() {
    RouteRules cores = new RouteRules(List.of(), List.of("core"), 0);
    NodeView holder = with(with(bare(1), new Reachability.Via(node(2))), BERLIN);
    ClusterView view = new Views().holder(holder, 1).put(with(bare(2), PARIS)).rules(cores).from(0);

    assertThat(actions(request(0), view)).containsExactly(new Action.Forward(node(2), node(1), 1));
  }

  @Test
  void atARelayAreTheHolderThatItWasGivenForAndNobodyElse() {
    Views views = new Views().holder(1, 9 * MILLI, 0, 1).holder(2, MILLI, 0, 1, 2);
    Request passing = onItsWay(List.of(node(3)), 3, node(1));

    assertThat(actions(passing, views.from(0)))
        .containsExactly(new Action.Forward(node(1), null, 1));
    assertThat(refusal(passing, views.put(with(bare(1), Reachability.NONE)).from(0)))
        .isEqualTo(Refusal.HOLDERS_EXHAUSTED);
  }

  @Test
  void atARelayIsThisNodeWhereItHoldsIt() {
    ClusterView view = new Views().holder(0, 0, 0, 1).holder(1, MILLI, 0, 1).from(0);

    assertThat(actions(onItsWay(List.of(node(3)), 3, node(1)), view))
        .containsExactly(new Action.RunHere(1));
  }

  @Test
  void aPathHasOneRelayAtMost() {
    ClusterView view = behindRelay(bare(2)).from(0);

    assertThat(verdicts(onItsWay(List.of(node(3)), 3, node(1)), view))
        .containsExactly("behind a second relay");
  }

  @Test
  void atARelayMayBeSuspectedOrEjected() {
    ClusterView view =
        new Views().holder(with(bare(1), Standing.EJECTED), 1).holder(bare(2), 1).from(0);

    assertThat(actions(onItsWay(List.of(node(3)), 3, node(1)), view))
        .containsExactly(new Action.Forward(node(1), null, 1));
  }

  @Test
  void areSuspectedAndEjectedOnesOnlyAsALastResort() {
    Views views = new Views().holder(with(bare(1), Standing.SUSPECT), 2).holder(bare(2), 1);
    NodeView ejected = with(bare(2), Standing.EJECTED);

    assertThat(actions(request(0), views.from(0)))
        .describedAs("a well holder of an older version comes first")
        .containsExactly(new Action.Forward(node(2), null, 1));
    assertThat(actions(request(0), views.put(ejected).from(0)))
        .containsExactly(new Action.Forward(node(1), null, 2));
    assertThat(actions(request(1), views.from(0)))
        .containsExactly(new Action.Forward(node(2), null, 1));
  }

  @Test
  void areNotThoseThatPolicyForbids() {
    Views views =
        new Views().put(with(bare(0), GUARDED)).holder(with(bare(1), PARIS), 1).rules(GERMAN);

    assertThat(refusal(request(0), views.from(0))).isEqualTo(Refusal.FORBIDDEN);
    assertThat(verdicts(request(0), views.from(0)))
        .containsExactly("residencyZones [de] exclude zone 'fr'");
    assertThat(verdicts(request(0), views.rules(tiers("core")).from(0)))
        .containsExactly("tiers [core] exclude tier 'edge'");
    assertThat(verdicts(request(0), views.rules(new RouteRules(List.of(), List.of(), 2)).from(0)))
        .containsExactly("minSecurityLevel 2 is above its 1");
    assertThat(ids(Candidates.of(request(0), views.holder(with(bare(2), BERLIN), 1).from(0))))
        .containsExactly(node(2));
  }

  @Test
  void policyHoldsForThisNodeToo() {
    Views views = new Views().holder(with(bare(0), PARIS), 1).rules(GERMAN);

    assertThat(refusal(request(0), views.from(0))).isEqualTo(Refusal.FORBIDDEN);
  }

  @Test
  void policyRefusesWhereNothingIsKnownOfAPlace() {
    ClusterView view = new Views().holder(1, MILLI, 0, 1).rules(GERMAN).from(0);

    assertThat(refusal(request(0), view)).isEqualTo(Refusal.FORBIDDEN);
  }

  @Test
  void theRefusalIsForbiddenOnlyWhereNoHolderIsAllowed() {
    ClusterView view =
        new Views()
            .put(with(bare(0), GUARDED))
            .holder(with(bare(1), PARIS), 1)
            .holder(with(bare(2), BERLIN), 1)
            .rules(GERMAN)
            .from(0);

    assertThat(refusal(tried(2), view))
        .describedAs("it may come back: waiting helps")
        .isEqualTo(Refusal.HOLDERS_EXHAUSTED);
  }

  @Test
  void listsNoMoreThanSixtyFourInARefusal() {
    int[] all = IntStream.range(1, 100).toArray();
    Views views = new Views();
    for (int i : all) {
      views.holder(i, MILLI, 0, 1);
    }

    assertThat(verdicts(tried(all), views.from(0))).hasSize(64).containsOnly("tried");
  }

  private static RouteRules tiers(String... tiers) {
    return new RouteRules(List.of(), List.of(tiers), 0);
  }

  /** Node 1 holds it and is reached through that node. */
  private static Views behindRelay(NodeView relay) {
    return new Views().holder(with(bare(1), new Reachability.Via(relay.id())), 1).put(relay);
  }

  private static Request request(long version) {
    return Request.entering(MODEL, version, 100);
  }

  private static Request tried(int... nodes) {
    SortedSet<NodeId> tried = new TreeSet<>();
    for (int number : nodes) {
      tried.add(node(number));
    }
    return request(0).withPath(Path.ENTRY.withTried(tried));
  }

  @Test
  void policyThatDoesNotLetARequestPassThisNodeLeavesNobody() {
    Views views =
        new Views()
            .put(with(bare(0), new Place("r", "s", "edge", "us", 0)))
            .holder(with(bare(1), new Place("r", "s", "edge", "eu", 0)), 1)
            .rules(new RouteRules(List.of("eu"), List.of(), 0));

    assertThat(refusal(request(0), views.from(0))).isEqualTo(Refusal.FORBIDDEN);
  }

  @Test
  void areNotThoseThatWouldTakeLongerThanTheirTierMay() {
    RouteRules bounds =
        new RouteRules(
            List.of(),
            List.of(),
            0,
            new TreeMap<>(Map.of("edge", 20 * MILLI)),
            false,
            false,
            false,
            "");
    NodeView slow = with(Views.at(bare(1), 30 * MILLI, new Load(0, 8, 0, MILLI)), PARIS);
    Views views = new Views().holder(slow, 1).rules(bounds);

    assertThat(refusal(request(0), views.from(0))).isEqualTo(Refusal.HOLDERS_EXHAUSTED);
    assertThat(verdicts(request(0), views.from(0)))
        .containsExactly("latencyBounds of tier 'edge' are 20 ms, and it would take about 31 ms");
    views.holder(with(slow, BERLIN), 1);
    assertThat(ids(Candidates.of(request(0), views.from(0)))).containsExactly(node(1));
    views.holder(with(slow, Place.UNKNOWN), 1);
    assertThat(refusal(request(0), views.from(0)))
        .describedAs("nobody knows its tier")
        .isEqualTo(Refusal.HOLDERS_EXHAUSTED);
  }

  @Test
  void areNotThoseThatRefusedOthersLikeItUnlessItIsOnItsWay() {
    Views views = new Views().holder(1, MILLI, 0, 1).holder(2, MILLI, 0, 1).full(1, 9);

    assertThat(ids(Candidates.of(request(0), views.from(0)))).containsExactly(node(2));
    views.full(2, 5);
    views.unreachable(3, 1);
    assertThat(refusal(request(0), views.from(0))).isEqualTo(Refusal.OVERLOADED);
    assertThat(verdicts(request(0), views.from(0))).containsExactly("full", "full", "unreachable");
    assertThat(Candidates.of(request(0), views.from(0)).retryNanos()).isEqualTo(5);
    assertThat(ids(Candidates.of(onItsWay(List.of(node(5)), 3, node(1)), views.from(0))))
        .describedAs("a relay passes it on")
        .containsExactly(node(1));
  }

  @Test
  void areNoneWhilePolicyIsClosed() {
    Views views = new Views().holder(0, 0, 0, 1).rules(RouteRules.NONE.closedFor("not now"));

    assertThat(refusal(request(0), views.from(0))).isEqualTo(Refusal.FORBIDDEN);
    assertThat(verdicts(request(0), views.from(0))).containsExactly("not now");
  }

  @Test
  void elsewhereIsTheLeastBusyThatIsKnownToHaveRoom() {
    long second = 1_000 * MILLI;
    Request came = onItsWay(List.of(node(5)), 3, null);
    Views views =
        new Views()
            .holder(0, 0, 0, 1)
            .holder(Views.at(bare(1), MILLI, new Load(4, 8, 0, MILLI)), 1)
            .holder(Views.at(bare(2), MILLI, new Load(2, 8, 0, MILLI)), 1)
            .holder(with(bare(3), 0, second + 1), 1)
            .holder(5, MILLI, 0, 1);

    assertThat(Candidates.elsewhere(came, views.from(0), random))
        .map(NodeView::id)
        .contains(node(2));
    views.holder(Views.at(bare(1), MILLI, new Load(8, 8, 0, MILLI)), 1);
    views.holder(Views.at(bare(2), MILLI, new Load(9, 8, 0, MILLI)), 1);
    assertThat(Candidates.elsewhere(came, views.from(0), random)).isEmpty();
  }

  private static Request onItsWay(List<NodeId> visited, int hopLimit, @Nullable NodeId target) {
    return request(0).withPath(new Path(visited, hopLimit, target));
  }

  private static List<NodeId> ids(Candidates candidates) {
    return candidates.all().stream().map(NodeView::id).toList();
  }

  /** The decisions for each of them. */
  private static List<Action> actions(Request request, ClusterView view) {
    Candidates candidates = Candidates.of(request, view);
    List<Action> actions = new ArrayList<>();
    for (NodeView candidate : candidates.all()) {
      actions.add(candidates.choose(candidate).action());
    }
    return actions;
  }

  private static Refusal refusal(Request request, ClusterView view) {
    Candidates candidates = Candidates.of(request, view);
    assertThat(candidates.isEmpty()).isTrue();
    assertThat(candidates.all()).isEmpty();
    return ((Action.Refuse) candidates.refuse().action()).reason();
  }

  private static List<String> verdicts(Request request, ClusterView view) {
    Candidates candidates = Candidates.of(request, view);
    assertThat(candidates.isEmpty()).isTrue();
    return candidates.refuse().considered().stream().map(Considered::verdict).toList();
  }

  /** A view in which a node is gone since the index was made. */
  private record Without(ClusterView whole, NodeId gone) implements ClusterView {
    @Override
    public NodeId self() {
      return whole.self();
    }

    @Override
    public long nowNanos() {
      return whole.nowNanos();
    }

    @Override
    public Holders holders(String model) {
      return whole.holders(model);
    }

    @Override
    public Optional<NodeView> node(NodeId id) {
      return whole.node(id).filter(node -> !id.equals(gone));
    }

    @Override
    public RouteRules rules(Request request) {
      return whole.rules(request);
    }
  }
}
