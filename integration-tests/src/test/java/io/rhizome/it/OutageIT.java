// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.SharedMesh.BYSTANDER;
import static io.rhizome.it.SharedMesh.LOADED_ON;
import static io.rhizome.it.SharedMesh.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes that die or leave while clients go on. */
@ExtendWith(SharedMesh.class)
final class OutageIT {
  private static final int CLIENTS = 2;
  private static final long ANSWERS_BETWEEN = 300;
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int REQUESTS_DURING_HANG = 20;

  /** Gossip needs some seconds to bury a node that hangs; then what waits for it goes elsewhere. */
  private static final Duration HANG_DEADLINE = Duration.ofSeconds(30);

  @Test
  void aHolderKilledUnderLoadCostsNoRequestThatEnteredElsewhereAndServesAgainWhenRestarted(
      LocalMesh mesh, Digits digits) throws IOException, InterruptedException {
    List<SteadyLoad.Entry> survivors = new ArrayList<>();
    try (SteadyLoad load = new SteadyLoad(digits)) {
      enterAtAllBut(LOADED_ON, mesh, load, survivors);
      awaitAnswers(survivors);
      mesh.node(LOADED_ON).kill();
      awaitAnswers(survivors);
      mesh.restart(LOADED_ON);
      awaitServedAlone(mesh, digits);
      awaitAnswers(survivors);
    }
    for (SteadyLoad.Entry entry : survivors) {
      assertThat(entry.failures()).isEmpty();
      assertThat(entry.failed()).isZero();
    }
  }

  @Test
  void aHolderToldToStopDrainsSoThatNoRequestFails(LocalMesh mesh, Digits digits)
      throws IOException, InterruptedException {
    List<SteadyLoad.Entry> survivors = new ArrayList<>();
    try (SteadyLoad load = new SteadyLoad(digits)) {
      enterAtAllBut(LOADED_ON, mesh, load, survivors);
      awaitAnswers(survivors);
      mesh.node(LOADED_ON).terminate();
      mesh.node(LOADED_ON).awaitExit(LIMIT);
      awaitAnswers(survivors);
    }
    mesh.restart(LOADED_ON);
    awaitServedAlone(mesh, digits);
    for (SteadyLoad.Entry entry : survivors) {
      assertThat(entry.failures()).isEmpty();
      assertThat(entry.failed()).isZero();
    }
  }

  @Test
  void aHolderThatHangsDelaysRequestsButKeepsNone(LocalMesh mesh, Digits digits)
      throws IOException, InterruptedException {
    mesh.node(LOADED_ON).suspend();
    try {
      for (int i = 0; i < REQUESTS_DURING_HANG; i++) {
        ModelInferResponse answer =
            mesh.client(BYSTANDER).infer(digits.rawRequest(i), HANG_DEADLINE);
        assertThat(Answers.nodes(answer)).doesNotContain(mesh.node(LOADED_ON).name());
      }
    } finally {
      mesh.node(LOADED_ON).resume();
    }
    awaitServedAlone(mesh, digits);
  }

  private static void enterAtAllBut(
      int victim, LocalMesh mesh, SteadyLoad load, List<SteadyLoad.Entry> entries) {
    for (int i = 1; i <= NODES; i++) {
      if (i != victim) {
        entries.add(load.enter(mesh.client(i), CLIENTS, false));
      }
    }
  }

  /** Each entry gets some more answers, or has failures that the test will show. */
  private static void awaitAnswers(List<SteadyLoad.Entry> entries) {
    SteadyLoad.awaitAnswers(entries, ANSWERS_BETWEEN, LIMIT);
  }

  private static void awaitServedAlone(LocalMesh mesh, Digits digits) {
    List<String> alone = List.of(mesh.node(LOADED_ON).name());
    Awaitility.await("the restarted holder serves by itself")
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(
            () ->
                Answers.nodes(mesh.client(LOADED_ON).infer(digits.rawRequest(0), LIMIT))
                    .equals(alone));
    mesh.awaitHolders(Digits.MODEL, 2);
  }
}
