// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import static io.rhizome.node.serving.Mesh.A;
import static io.rhizome.node.serving.Mesh.B;
import static io.rhizome.node.serving.Mesh.SELF;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Member.Status;
import io.rhizome.gossip.NodeId;
import io.rhizome.gossip.Reachability;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.HopReport.Outcome;
import io.rhizome.node.protocol.inference.InferParameter;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.NodeView;
import io.rhizome.scheduler.NodeView.Standing;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServingTest {
  private final Mesh mesh = new Mesh();

  private static HopReport report(Outcome outcome) {
    return new HopReport(outcome, 0, 8, 0, 1_000, 1_000, 0);
  }

  @Test
  void runsHereWhatThisNodeHoldsAndSaysWhoServedIt() throws Exception {
    mesh.holdsHere(1);
    Mesh.Client client = mesh.request(List.of(A));

    mesh.runs.get(0).answer();

    ModelInferResponse response = client.response();
    assertThat(response.getModelName()).isEqualTo("digits");
    assertThat(response.getModelVersion()).isEqualTo("1");
    assertThat(response.getId()).isEqualTo("r-1");
    assertThat(response.getParametersMap())
        .containsEntry("rhizome_served_by", text("self"))
        .containsEntry("rhizome_path", text("a,self"));
    assertThat(response.getRawOutputContents(0).size()).isEqualTo(4);
    assertThat(mesh.serving.counters().served()).isEqualTo(1);
    assertThat(mesh.pendingTimers()).isZero();
  }

  @Test
  void forwardsWhatOnlyAPeerHoldsWithBudgetPathHopLimitAndForWhom() throws Exception {
    mesh.holds(A, Status.ALIVE, 3);
    Mesh.Client client = mesh.request(List.of(), Duration.ofSeconds(2));

    Mesh.Forwarded sent = mesh.sent.get(0);
    assertThat(sent.to()).isEqualTo(A);
    assertThat(sent.hop().visited()).containsExactly(SELF);
    assertThat(sent.hop().hopLimit()).isEqualTo(3);
    assertThat(sent.hop().budgetMicros()).isEqualTo(2_000_000);
    assertThat(sent.hop().tenant()).isEqualTo("acme");
    assertThat(sent.hop().origin()).isEqualTo("eu");
    assertThat(sent.message()).isSameAs(Mesh.MESSAGE);
    sent.result().onAnswer(Mesh.answerFrom("a"), report(Outcome.ANSWERED));

    assertThat(client.response().getModelName()).isEqualTo("a");
    assertThat(mesh.serving.counters().forwarded()).isEqualTo(1);
  }

  @Test
  void triesAnotherHolderWhenOneBreaksOrRefuses() throws Exception {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.holds(B, Status.ALIVE, 1);
    Mesh.Client client = mesh.request(List.of());

    NodeId first = mesh.sent.get(0).to();
    mesh.sent.get(0).result().onBroken("connection reset", true);
    assertThat(mesh.sent.get(1).to()).isNotEqualTo(first);
    assertThat(mesh.doubted).containsExactly(first);
    mesh.sent.get(1).result().onAnswer(Mesh.answerFrom("second"), report(Outcome.ANSWERED));

    assertThat(client.response().getModelName()).isEqualTo("second");
    assertThat(mesh.serving.counters().retries()).isEqualTo(1);
    assertThat(mesh.serving.counters().failed()).isZero();
  }

  @Test
  void triesAPeerWhenItsOwnQueueIsFull() throws Exception {
    mesh.holdsHere(1);
    mesh.holds(A, Status.ALIVE, 1);
    Mesh.Client client = mesh.request(List.of());

    mesh.runs.get(0).fail(new InferenceException(Code.OVERLOADED, "queue full"));
    mesh.sent.get(0).result().onAnswer(Mesh.answerFrom("a"), report(Outcome.ANSWERED));

    assertThat(client.response().getModelName()).isEqualTo("a");
  }

  @Test
  void saysOverloadedWithWhereItWentWhenAllAreFull() {
    mesh.holdsHere(1);
    mesh.holds(A, Status.ALIVE, 1);
    Mesh.Client client = mesh.request(List.of());

    mesh.runs.get(0).fail(new InferenceException(Code.OVERLOADED, "queue full"));
    mesh.sent
        .get(0)
        .result()
        .onFailure(new ServingError(ErrorCode.OVERLOADED, "full too"), report(Outcome.OVERLOADED));

    assertThat(client.error().code()).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(client.error().message()).contains("queue full", "full too", A.shortName());
    assertThat(client.error().code().retryLater()).isTrue();
  }

  @Test
  void passesOnAFinalAnswerWithoutTryingElsewhere() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.holds(B, Status.ALIVE, 1);
    Mesh.Client client = mesh.request(List.of());

    mesh.sent
        .get(0)
        .result()
        .onFailure(new ServingError(ErrorCode.INVALID, "bad shape"), report(Outcome.FINAL));

    assertThat(client.error()).isEqualTo(new ServingError(ErrorCode.INVALID, "bad shape"));
    assertThat(mesh.sent).hasSize(1);
  }

  @Test
  void endsAtTheDeadlineThoughThePeerNeverAnswersAndTellsThePeer() {
    mesh.holds(A, Status.ALIVE, 1);
    Mesh.Client client = mesh.request(List.of(), Duration.ofMillis(300));

    mesh.passTime(Duration.ofMillis(299));
    assertThat(client.ended()).isFalse();
    mesh.passTime(Duration.ofMillis(1));

    assertThat(client.error().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(mesh.sent.get(0).cancelled().get()).isTrue();
  }

  @Test
  void dropsTheNewsOfAnAttemptThatWasGivenUp() throws Exception {
    mesh.holds(A, Status.ALIVE, 1);
    Mesh.Client client = mesh.request(List.of(), Duration.ofMillis(300));
    mesh.passTime(Duration.ofMillis(300));

    mesh.sent.get(0).result().onAnswer(Mesh.answerFrom("late"), report(Outcome.ANSWERED));

    assertThat(client.ends()).isEqualTo(1);
    assertThat(mesh.serving.counters().forwarded()).isZero();
  }

  @Test
  void doesNotHoldAnAttemptThatWasGivenUpAgainstThePeer() {
    mesh.holds(A, Status.ALIVE, 1);
    Mesh.Client client = mesh.request(List.of());
    client.goesAway();

    mesh.sent.get(0).result().onBroken("CANCELLED: given up", true);

    assertThat(node(A).standing()).isEqualTo(Standing.WELL);
    assertThat(node(A).outstanding()).isZero();
  }

  @Test
  void leavesOutAPeerWhoseConnectionBrokeUntilItAnswersWhenAsked() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.holds(B, Status.ALIVE, 1);
    mesh.request(List.of());
    NodeId broken = mesh.sent.get(0).to();

    mesh.sent.get(0).result().onBroken("connection reset", true);
    assertThat(node(broken).standing()).isEqualTo(Standing.EJECTED);
    assertThat(mesh.serving.counters().ejections()).isEqualTo(1);
    mesh.passTime(Duration.ofSeconds(1));
    mesh.asked.clear();
    mesh.answers.clear();
    mesh.serving.tick();
    assertThat(mesh.asked).containsExactly(broken);
    mesh.answers.get(0).onLoad(new Load(0, 8, 0, 1_000), null);

    assertThat(node(broken).standing()).isEqualTo(Standing.WELL);
  }

  @Test
  void waitsForItsTurnWhereTheExecutorHasAllThatItCanRun() throws Exception {
    mesh.holdsHere(1);
    for (int i = 0; i < 8; i++) {
      mesh.request(List.of());
    }
    Mesh.Client ninth = mesh.request(List.of());
    assertThat(mesh.runs).hasSize(8);

    mesh.runs.get(3).answer();
    assertThat(mesh.runs).hasSize(9);
    mesh.runs.get(8).answer();

    assertThat(ninth.response().getModelName()).isEqualTo("digits");
  }

  @Test
  void whatWaitsIsGoneAtOnceWhenItsClientGoesAway() {
    mesh.holdsHere(1);
    for (int i = 0; i < 8; i++) {
      mesh.request(List.of());
    }
    Mesh.Client ninth = mesh.request(List.of());
    assertThat(mesh.serving.load().inFlight()).isEqualTo(9);

    ninth.goesAway();

    assertThat(mesh.serving.load().inFlight()).isEqualTo(8);
    assertThat(ninth.error().code()).isEqualTo(ErrorCode.CANCELLED);
  }

  @Test
  void triesElsewhereWhenAPeerGivesUpBeforeTheDeadline() throws Exception {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.holds(B, Status.ALIVE, 1);
    Mesh.Client client = mesh.request(List.of());

    mesh.sent
        .get(0)
        .result()
        .onFailure(new ServingError(ErrorCode.DEADLINE_EXCEEDED, "late"), report(Outcome.EXPIRED));
    mesh.sent.get(1).result().onAnswer(Mesh.answerFrom("second"), report(Outcome.ANSWERED));

    assertThat(client.response().getModelName()).isEqualTo("second");
  }

  @Test
  void refusesRequestsBeyondTheMemoryItGivesThemAndTakesThemAgainLater() throws Exception {
    mesh.holdsHere(1);
    mesh.request(List.of(), Duration.ofSeconds(1), Mesh.padded(Mesh.MAX_IN_FLIGHT_BYTES - 200));

    Mesh.Client refused = mesh.request(List.of(), Duration.ofSeconds(1), Mesh.padded(1_000));
    assertThat(refused.error().code()).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(refused.error().message()).contains("bytes");

    mesh.runs.get(0).answer();
    Mesh.Client accepted = mesh.request(List.of(), Duration.ofSeconds(1), Mesh.padded(1_000));
    mesh.runs.get(1).answer();
    assertThat(accepted.response().getModelName()).isEqualTo("digits");
  }

  @Test
  void cancelsTheAttemptWhenTheClientGoesAway() {
    mesh.holdsHere(1);
    Mesh.Client client = mesh.request(List.of());

    client.goesAway();

    assertThat(mesh.runs.get(0).cancelled()).isTrue();
    assertThat(client.error().code()).isEqualTo(ErrorCode.CANCELLED);
  }

  @Test
  void tellsAnUnknownModelFromOneOutOfReach() {
    assertThat(mesh.request(List.of()).error().code()).isEqualTo(ErrorCode.UNKNOWN_MODEL);

    mesh.holds(A, Status.DEAD, 1);
    mesh.passTime(Duration.ofSeconds(1));
    assertThat(mesh.request(List.of()).error().code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void refusesARequestThatIsNoProtobufOnlyWhereItRuns() {
    mesh.holdsHere(1);
    Mesh.Client client = mesh.request(List.of(), Duration.ofSeconds(1), new byte[] {0x0a, 9});

    assertThat(client.error().code()).isEqualTo(ErrorCode.INVALID);
    assertThat(client.error().message()).contains("ModelInferRequest");
    assertThat(mesh.runs).isEmpty();
  }

  @Test
  void prefersThePeerThatReportedLessLoad() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.holds(B, Status.ALIVE, 1);
    mesh.reports(A, mesh.now(), new HopReport(Outcome.ANSWERED, 7, 8, 9_000_000, 1_000, 0, 0));
    mesh.reports(B, mesh.now(), new HopReport(Outcome.ANSWERED, 0, 8, 0, 1_000, 0, 0));
    mesh.passTime(Duration.ofMillis(10));

    for (int i = 0; i < 8; i++) {
      mesh.request(List.of());
    }

    assertThat(mesh.sent).hasSize(8).allMatch(sent -> sent.to().equals(B));
  }

  @Test
  void aNodeWithManyRequestsThatIsFarBehindWithItsWorkTakesNoMoreFromClients() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.lag(Duration.ofMillis(251));
    for (int i = 0; i < 64; i++) {
      assertThat(mesh.request(List.of()).ended()).isFalse();
    }

    Mesh.Client refused = mesh.request(List.of());

    assertThat(refused.error().code()).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(refused.error().message()).isEqualTo("this node is 251 ms behind with its work");
    assertThat(refused.error().retryNanos()).isEqualTo(502_000_000L);
    assertThat(mesh.request(List.of(B)).ended()).as("a peer's request is taken").isFalse();
    mesh.lag(Duration.ofMillis(250));
    assertThat(mesh.request(List.of()).ended()).isFalse();
  }

  @Test
  void aNodeThatPassesARequestOnTellsWhenItMayHaveRun() {
    mesh.holds(A, Status.ALIVE, 1);
    Mesh.Client passed = mesh.request(List.of(B));
    mesh.sent.get(0).result().onBroken("reset", true);
    Mesh.Client unsent = mesh.request(List.of(B));
    mesh.sent.get(1).result().onBroken("refused", false);

    assertThat(passed.error().code()).isEqualTo(ErrorCode.MAY_HAVE_RUN);
    assertThat(unsent.error().code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(ErrorCode.ofPeer(Outcome.BROKEN, io.grpc.Status.Code.UNKNOWN))
        .isEqualTo(ErrorCode.MAY_HAVE_RUN);
  }

  @Test
  void aRejectionTellsOfAnotherHoldersLoadAndOfNobodyUnknown() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.request(List.of());
    mesh.holds(B, Status.ALIVE, 1);
    mesh.passTime(Duration.ofMillis(10));
    HopReport full = new HopReport(Outcome.OVERLOADED, 9, 8, 9_000, 800, 0, 0);

    mesh.sent
        .get(0)
        .result()
        .onFailure(
            new ServingError(ErrorCode.OVERLOADED, "full"),
            full.with(new HopReport.Alternative(B, 2, 8, 3_000, 400, 1_000_000)));

    assertThat(node(B).loadAgeNanos()).isEqualTo(1_000_000);
    assertThat(node(B).load().queueNanos()).isEqualTo(3_000);
    NodeId stranger = NodeId.ofPublicKey(new byte[] {99});
    mesh.sent
        .get(1)
        .result()
        .onFailure(
            new ServingError(ErrorCode.OVERLOADED, "full"),
            full.with(new HopReport.Alternative(stranger, 0, 8, 0, 1, 0)));
    mesh.holds(stranger, Status.ALIVE, 1);
    assertThat(node(stranger).loadAgeNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void asksAPeerAgainWhoseFirstRequestPaidForTheHandshake() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.reports(A, mesh.now() - 400_000_000, report(Outcome.ANSWERED));
    mesh.passTime(Duration.ofMillis(10));
    assertThat(node(A).rttNanos()).isEqualTo(399_999_000);

    mesh.passTime(Duration.ofSeconds(2));

    assertThat(node(A).rttNanos()).isEqualTo(1_000);
  }

  @Test
  void aSuspectThatAnswersThisNodeIsWellToIt() {
    mesh.holds(A, Status.SUSPECT, 1);

    assertThat(node(A).standing()).isEqualTo(Standing.WELL);
  }

  @Test
  void aPeerThatSpokeJustNowIsReachedWhateverProbesMakeOfIt() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.reports(A, mesh.now(), report(Outcome.ANSWERED));

    mesh.losesSightOf(A);
    assertThat(node(A).reachability()).isEqualTo(Reachability.DIRECT);
    mesh.passTime(Duration.ofSeconds(2));

    assertThat(node(A).reachability()).isEqualTo(Reachability.NONE);
  }

  @Test
  void forgetsAnOldReportOfLoadAndBelievesItsServiceTimeLessAndLess() {
    mesh.holds(A, Status.ALIVE, 1);
    mesh.reports(A, mesh.now(), new HopReport(Outcome.OVERLOADED, 9, 8, 9_000_000, 800, 0, 0));
    mesh.passTime(Duration.ofMillis(2_500));
    assertThat(node(A).load()).isEqualTo(new Load(0, 8, 0, 200));

    mesh.passTime(Duration.ofMinutes(2));
    assertThat(node(A).load()).isEqualTo(new Load(0, 8, 0, 0));
  }

  private NodeView node(NodeId id) {
    return mesh.view.current(mesh.now()).node(id).orElseThrow();
  }

  private static InferParameter text(String value) {
    return InferParameter.newBuilder().setStringParam(value).build();
  }
}
