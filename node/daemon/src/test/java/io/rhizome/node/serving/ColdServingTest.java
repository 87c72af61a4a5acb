// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import static io.rhizome.node.serving.Mesh.A;
import static io.rhizome.node.serving.Mesh.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Member.Status;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.HopReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests for a model that lies on disks only. */
class ColdServingTest {
  private static final HopReport REFUSED = new HopReport(Outcome.REFUSED, 0, 8, 0, 1_000, 1_000, 0);

  private final Mesh mesh = new Mesh();

  @BeforeEach
  void allow() {
    mesh.routing.loadOnDemand();
  }

  private void failsLoad() {
    mesh.loads
        .get(mesh.loads.size() - 1)
        .completeExceptionally(
            new ModelException(ModelException.Code.OUT_OF_MEMORY, "out of memory"));
  }

  @Test
  void requestsThatEnterAndThatPeersSendWaitForOneLoad() throws Exception {
    mesh.storesHere(1);
    List<Mesh.Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(mesh.request(i % 2 == 0 ? List.of() : List.of(A)));
    }
    assertThat(mesh.loads).hasSize(1);
    assertThat(mesh.runs).isEmpty();

    mesh.endsLoad();

    assertThat(mesh.runs).hasSize(4);
    mesh.runs.forEach(Mesh.Run::answer);
    for (Mesh.Client client : clients) {
      assertThat(client.response().getModelVersion()).isEqualTo("1");
    }
    assertThat(mesh.pendingTimers()).isZero();
  }

  @Test
  void onceLoadedItRunsAtOnce() throws Exception {
    mesh.storesHere(1);
    mesh.request(List.of());
    mesh.endsLoad();

    Mesh.Client later = mesh.request(List.of());
    mesh.runs.get(1).answer();

    assertThat(later.response().getModelName()).isEqualTo("digits");
    assertThat(mesh.loads).hasSize(1);
  }

  @Test
  void whereItCannotBeLoadedTheNextNodeIsAskedToLoadIt() throws Exception {
    mesh.storesHere(1);
    Mesh.Client client = mesh.request(List.of());
    mesh.stores(A, 1);

    failsLoad();
    mesh.sent
        .get(0)
        .result()
        .onAnswer(Mesh.answerFrom("a"), new HopReport(Outcome.ANSWERED, 0, 8, 0, 1_000, 1_000, 0));

    assertThat(client.response().getModelName()).isEqualTo("a");
  }

  @Test
  void whereAPeerCannotLoadItThisNodeDoes() throws Exception {
    mesh.stores(A, 1);
    Mesh.Client client = mesh.request(List.of());
    mesh.storesHere(1);

    mesh.sent
        .get(0)
        .result()
        .onFailure(new ServingError(ErrorCode.UNAVAILABLE, "could not load it"), REFUSED);
    mesh.endsLoad();
    mesh.runs.get(0).answer();

    assertThat(client.response().getModelName()).isEqualTo("digits");
  }

  @Test
  void whereNobodyCanLoadItTheClientIsToldWhyAndItIsLeftAloneForAWhile() {
    mesh.storesHere(1);
    Mesh.Client first = mesh.request(List.of());
    Mesh.Client sent = mesh.request(List.of(A));
    failsLoad();
    Mesh.Client second = mesh.request(List.of());

    for (Mesh.Client client : List.of(first, sent, second)) {
      assertThat(client.error().code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(client.error().message()).contains("could not load it", "out of memory");
    }
    assertThat(second.error().retryNanos()).isPositive();
    assertThat(mesh.loads).hasSize(1);

    mesh.passTime(Duration.ofNanos(ColdLoads.REST_NANOS));
    mesh.request(List.of());
    assertThat(mesh.loads).hasSize(2);
  }

  @Test
  void theDeadlineEndsTheWaitAndTheLoadGoesOn() {
    mesh.storesHere(1);
    Mesh.Client client = mesh.request(List.of(), Duration.ofMillis(300));
    Mesh.Client patient = mesh.request(List.of());

    mesh.passTime(Duration.ofMillis(300));

    assertThat(client.error().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(client.error().message()).contains("was loading the model");
    assertThat(mesh.loads.get(0)).isNotCancelled();
    assertThat(patient.ended()).isFalse();
    mesh.endsLoad();
    assertThat(mesh.runs).hasSize(1);
  }

  @Test
  void aClientThatGoesAwayLeavesNothingBehind() {
    mesh.storesHere(1);
    Mesh.Client client = mesh.request(List.of());

    client.goesAway();
    mesh.endsLoad();

    assertThat(client.error().code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(mesh.runs).isEmpty();
    assertThat(mesh.pendingTimers()).isZero();
  }

  @Test
  void aRequestThatRunsAfterTheLoadIsCancelledThere() {
    mesh.storesHere(1);
    Mesh.Client client = mesh.request(List.of());
    mesh.endsLoad();

    client.goesAway();

    assertThat(mesh.runs.get(0).cancelled()).isTrue();
  }

  @Test
  void nothingIsLoadedWhereAPeerHasItLoaded() {
    mesh.storesHere(1);
    mesh.holds(B, Status.ALIVE, 1);
    mesh.request(List.of());
    assertThat(mesh.sent.get(0).to()).isEqualTo(B);

    mesh.sent.get(0).result().onFailure(new ServingError(ErrorCode.OVERLOADED, "full"), REFUSED);

    assertThat(mesh.loads).isEmpty();
  }

  @Test
  void whatAPeerBelievesToBeHereAndIsNotIsRefused() {
    mesh.stores(B, 1);

    Mesh.Client client = mesh.request(List.of(A));

    assertThat(client.error().code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(mesh.sent).isEmpty();
    assertThat(mesh.loads).isEmpty();
  }
}
