// SPDX-License-Identifier: Apache-2.0
package io.rhizome.scheduler;

import static io.rhizome.scheduler.Views.MILLI;
import static io.rhizome.scheduler.Views.MODEL;
import static io.rhizome.scheduler.Views.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.scheduler.NodeView.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PeersTest {
  private static final long SECOND = 1_000 * MILLI;
  private static final NodeId A = node(1);
  private static final NodeId B = node(2);
  private static final long SMALL = 1_000;
  private static final long MIB = 1 << 20;
  private static final Load IDLE = new Load(0, 8, 0, MILLI);

  private final List<String> heard = new ArrayList<>();
  private final Peers peers = new Peers(() -> List.of(new Listening()));

  PeersTest() {
    peers.retain(new TreeSet<>(List.of(node(0), A, B)));
  }

  private final class Listening implements Router {
    @Override
    public String name() {
      return "listening";
    }

    @Override
    public RouteDecision route(Request request, ClusterView view, RandomGenerator random) {
      return Candidates.of(request, view).refuse();
    }

    @Override
    public void onLoad(long nowNanos, String model, NodeId node, Load load) {
      heard.add(model + " " + node.shortName());
    }

    @Override
    public void onWord(long nowNanos, String model, NodeId peer, byte[] word) {
      heard.add(model + " " + peer.shortName() + " says " + word.length);
    }

    @Override
    public void onTick(long nowNanos) {
      heard.add("tick");
    }
  }

  private NodeView view(long now, NodeId id, boolean suspect, Reachability told) {
    return peers.learnt(now, NodeView.unheard(id, suspect, told, 5 * MILLI, Place.UNKNOWN));
  }

  private NodeView view(long now, NodeId id) {
    return view(now, id, false, Reachability.DIRECT);
  }

  private void report(long now, NodeId peer, long networkNanos, long bytes, Load load) {
    peers.onSent(peer);
    peers.onEnded(peer);
    peers.onReport(now, peer, MODEL, networkNanos, bytes, load);
  }

  @Test
  void ofAPeerThatSaidNothingHoldsWhatMembershipTells() {
    NodeView told = NodeView.unheard(A, true, Reachability.NONE, 5 * MILLI, Place.UNKNOWN);

    assertThat(peers.learnt(0, told)).isEqualTo(told);
    assertThat(told.standing()).isEqualTo(Standing.SUSPECT);
    assertThat(told.load()).isEqualTo(Load.UNKNOWN);
  }

  @Test
  void whatAPeersRouterSaysIsHeardByThoseOfItsNameOnly() {
    peers.onWord(0, A, MODEL, new RouterWord("listening", new byte[Router.MAX_WORD_BYTES]));
    peers.onWord(0, B, MODEL, new RouterWord("another", new byte[1]));

    assertThat(heard).containsExactly(MODEL + " " + A.shortName() + " says 64");
  }

  @Test
  void whatNoRouterMayHaveSaidIsDropped() {
    peers.onWord(0, A, MODEL, new RouterWord("listening", new byte[Router.MAX_WORD_BYTES + 1]));
    peers.onWord(0, A, MODEL, new RouterWord("listening", Router.NO_WORD));

    assertThat(heard).isEmpty();
  }

  @Test
  void aRefusalStandsForOthersLikeItForAPartOfTheQueue() {
    Request request = Request.entering(MODEL, 0, 10);
    Load full = new Load(328, 8, 0, MILLI);
    peers.onRefusal(0, A, request, 70 * MILLI, full);

    assertThat(peers.retryNanos(10 * MILLI - 1, A, request)).isEqualTo(70 * MILLI);
    assertThat(peers.retryNanos(10 * MILLI, A, request)).isZero();
    assertThat(peers.retryNanos(0, B, request)).isZero();
    assertThat(peers.retryNanos(0, A, request.withPriority(Priority.INTERACTIVE))).isZero();
    assertThat(peers.retryNanos(0, A, request.withClient(new Request.Client("acme", "", ""))))
        .isZero();
    assertThat(peers.retryNanos(0, A, Request.entering("other", 0, 10))).isZero();
  }

  @Test
  void aRefusalByAnEmptyQueueStandsForNoOther() {
    Request request = Request.entering(MODEL, 0, 10);
    peers.onRefusal(0, A, request, 70 * MILLI, IDLE);

    assertThat(peers.retryNanos(0, A, request)).isZero();
  }

  @Test
  void kindsOfRefusalsAreBoundedAndForgottenInTime() {
    Load full = new Load(328, 8, 0, MILLI);
    for (int i = 0; i < 300; i++) {
      peers.onRefusal(0, A, Request.entering("m" + i, 0, 10), MILLI, full);
    }
    Request late = Request.entering("m299", 0, 10);
    assertThat(peers.retryNanos(0, A, late)).isZero();

    peers.onRefusal(20 * MILLI, A, late, MILLI, full);
    assertThat(peers.retryNanos(20 * MILLI, A, late)).isEqualTo(MILLI);
    peers.retain(new TreeSet<>(List.of(node(0))));
    assertThat(peers.retryNanos(20 * MILLI, A, late)).isZero();
  }

  @Test
  void hearsayTellsOfLoadWhereNoNewerWordIsKnownAndNothingOfReach() {
    Load busy = new Load(9, 8, 5 * MILLI, MILLI);
    peers.onHearsay(SECOND, A, MODEL, busy);

    assertThat(view(SECOND, A).load()).isEqualTo(busy);
    assertThat(view(SECOND, A, true, Reachability.NONE).reachability())
        .isEqualTo(Reachability.NONE);
    assertThat(heard).containsExactly(MODEL + " " + A.shortName());

    report(2 * SECOND, A, MILLI, SMALL, IDLE);
    peers.onHearsay(2 * SECOND - 1, A, MODEL, busy);
    assertThat(view(2 * SECOND, A).load()).isEqualTo(IDLE);
    assertThat(heard).hasSize(2);
  }

  @Test
  void aPeerThatSpokeJustNowIsReachedAndWellWhateverOthersSay() {
    report(0, A, MILLI, SMALL, IDLE);

    NodeView now = view(SECOND, A, true, Reachability.NONE);
    assertThat(now.reachability()).isEqualTo(Reachability.DIRECT);
    assertThat(now.standing()).isEqualTo(Standing.WELL);
    NodeView later = view(SECOND + 1, A, true, Reachability.NONE);
    assertThat(later.reachability()).isEqualTo(Reachability.NONE);
    assertThat(later.standing()).isEqualTo(Standing.SUSPECT);
  }

  @Test
  void whatWasSentSinceAReportCountsAsThereAndWhatEndedWithItDoesNot() {
    peers.onSent(A);
    peers.onSent(A);
    peers.onEnded(A);
    peers.onReport(0, A, MODEL, MILLI, SMALL, new Load(3, 8, 0, MILLI));
    assertThat(view(0, A).load().inFlight()).isEqualTo(3);

    peers.onSent(A);

    assertThat(view(0, A).load().inFlight()).isEqualTo(4);
    assertThat(view(0, A).outstanding()).isEqualTo(2);
  }

  @Test
  void smallRequestsTellTheRoundTripAndLargeOnesWhatAKibAddsToIt() {
    report(0, A, 2 * MILLI, SMALL, IDLE);
    report(0, A, 2 * MILLI + 1_024 * 10_000, MIB, IDLE);

    NodeView there = view(0, A);
    assertThat(there.rttNanos()).isEqualTo(2 * MILLI);
    assertThat(there.transferNanosPerKib()).isEqualTo(10_000);
    assertThat(there.estimate(SMALL).transferNanos()).isLessThan(MILLI / 50);
    assertThat(there.estimate(2 * MIB).transferNanos()).isEqualTo(2 * 1_024 * 10_000);
    assertThat(there.estimate(2 * MIB).totalNanos())
        .isEqualTo(2 * MILLI + 2 * 1_024 * 10_000 + MILLI);
  }

  @Test
  void aSlowLinkIsBelievedLessTheOlderTheWord() {
    report(0, A, 1_024 * 16_000, MIB, IDLE);

    assertThat(view(3 * SECOND, A).transferNanosPerKib()).isEqualTo(2_000);
  }

  @Test
  void aQuestionMeasuresTheWayWhereNoRequestHasLately() {
    report(0, A, 2 * MILLI, SMALL, IDLE);
    peers.onLoad(MILLI * 10, 0, A, MODEL, IDLE);
    assertThat(view(MILLI * 10, A).rttNanos()).as("requests know better").isEqualTo(2 * MILLI);

    long later = 4 * SECOND;
    assertThat(view(later, A).rttNanos()).as("what gossip knows").isNotEqualTo(3 * MILLI);
    peers.onLoad(later, later - 3 * MILLI, A, MODEL, IDLE);
    assertThat(view(later, A).rttNanos()).isEqualTo(3 * MILLI);
  }

  @Test
  void routersHearOfAModelsHoldersAndNothingOfRelays() {
    report(0, A, MILLI, SMALL, IDLE);
    peers.onReport(0, B, "", MILLI, SMALL, IDLE);
    peers.onLoad(0, 0, B, MODEL, IDLE);

    assertThat(heard).containsExactly(MODEL + " " + A.shortName(), MODEL + " " + B.shortName());
  }

  @Test
  void aPeerLeftOutIsAskedUntilItSaysHowBusyItIs() {
    peers.onSent(A);
    assertThat(peers.onFailure(0, A, true)).isTrue();
    assertThat(view(0, A).standing()).isEqualTo(Standing.EJECTED);
    assertThat(peers.onTick(0)).isEmpty();

    assertThat(peers.onTick(SECOND)).containsExactly(A);
    peers.onLoad(SECOND, SECOND - MILLI, A, "", IDLE);

    assertThat(view(SECOND, A).standing()).isEqualTo(Standing.WELL);
    assertThat(peers.ejections()).isEqualTo(1);
    assertThat(heard).containsExactly("tick", "tick");
  }

  @Test
  void nobodyIsAskedTwiceWithinATenthOfASecond() {
    assertThat(peers.toAsk(0, List.of(A, B))).containsExactly(A, B);
    assertThat(peers.toAsk(99 * MILLI, List.of(A, B))).isEmpty();
    assertThat(peers.toAsk(100 * MILLI, List.of(B))).containsExactly(B);
  }

  @Test
  void whoLeftIsForgottenAndLeavesItsPlaceAmongThoseLeftOut() {
    peers.onSent(A);
    peers.onFailure(0, A, true);
    peers.onSent(B);
    assertThat(peers.onFailure(0, B, true)).as("two peers: one may be out").isFalse();

    peers.retain(new TreeSet<>(List.of(node(0), B)));

    assertThat(peers.onFailure(0, A, true)).as("it is no peer any more").isFalse();
    assertThat(peers.onFailure(0, B, true)).isTrue();
    assertThat(view(0, A).outstanding()).isZero();
  }
}
