// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.Failures.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * What the demo shows, of five containers: the model at two of them, plugs pulled and put back.
 * Skipped, aloud, where {@link ContainerImage} is.
 */
final class ContainersIT {
  private static final int NODES = 5;
  private static final int PUSHED_TO = 1;
  private static final int LOADED_ON = 4;
  private static final int BYSTANDER = 2;
  private static final long ANSWERS_BETWEEN = 100;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension
  static final TestExecutionExceptionHandler LOGS =
      (test, failure) -> {
        System.err.println(test.getDisplayName() + " failed; the nodes' logs:\n" + mesh().logs());
        throw failure;
      };

  private static @Nullable ContainerMesh running;
  private static @Nullable Digits digits;

  @BeforeAll
  static void startFiveContainers() throws IOException, InterruptedException {
    Checkout checkout = Checkout.find();
    String image = ContainerImage.build(checkout, ContainersIT.class);
    digits = Digits.read(checkout.digitsTest());
    ContainerMesh mesh =
        ContainerMesh.start(checkout, image, NODES, List.of("north", "south", "east"));
    running = mesh;
    mesh.pushDigits(PUSHED_TO);
    mesh.load(LOADED_ON, Digits.MODEL);
    mesh.awaitHolders(Digits.MODEL, 2);
  }

  @AfterAll
  static void removeThem() {
    ContainerMesh mesh = running;
    if (mesh != null) {
      mesh.close();
    }
  }

  private static ContainerMesh mesh() {
    return Objects.requireNonNull(running);
  }

  private static Digits digits() {
    return Objects.requireNonNull(digits);
  }

  @Test
  void everyContainerAnswersAsPyTorchDoes() {
    List<String> holders = List.of(ContainerMesh.name(PUSHED_TO), ContainerMesh.name(LOADED_ON));
    for (int i = 1; i <= NODES; i++) {
      Survey survey = Survey.of(digits(), mesh().client(i));
      assertThat(survey.right()).as("right by way of %s", ContainerMesh.name(i)).isEqualTo(356);
      assertThat(survey.matches(digits())).as("off by %s", survey.difference()).isTrue();
      assertThat(holders).containsAll(survey.servedBy().keySet());
    }
  }

  @Test
  void aNodeRunsAsNobodyOnAReadOnlyRootAndReportsItsHealth() throws Exception {
    assertThat(mesh().inside(BYSTANDER, "id", "-u").strip()).isNotEqualTo("0");
    assertThat(mesh().inside(BYSTANDER, "sh", "-c", "touch /opt/x 2>&1 || true"))
        .contains("Read-only file system");
    assertThat(mesh().inside(BYSTANDER, "rhizome", "nodes")).contains("node-5");
    mesh().awaitHealthy(BYSTANDER);
  }

  @Test
  void aHolderWhosePlugIsPulledCostsNoRequestThatEnteredElsewhereAndServesAgain() {
    List<SteadyLoad.Entry> survivors = new ArrayList<>();
    try (SteadyLoad load = new SteadyLoad(digits())) {
      enterAtAllBut(LOADED_ON, load, survivors);
      awaitAnswers(survivors);
      mesh().kill(LOADED_ON);
      awaitAnswers(survivors);
      mesh().restart(LOADED_ON);
      awaitServedByItself(LOADED_ON);
      awaitAnswers(survivors);
    }
    assertNoneFailed(survivors);
    mesh().awaitMembers();
    mesh().awaitHolders(Digits.MODEL, 2);
  }

  @Test
  void aHolderThatIsCutOffGoesOnByItselfWhileTheOthersGoOnWithoutIt() {
    List<SteadyLoad.Entry> everywhere = new ArrayList<>();
    try (SteadyLoad load = new SteadyLoad(digits())) {
      enterAtAllBut(0, load, everywhere);
      awaitAnswers(everywhere);
      mesh().cutOff(LOADED_ON);
      awaitAnswers(everywhere);
      awaitServedByItself(LOADED_ON);
      mesh().reconnect(LOADED_ON);
      mesh().awaitMembers();
      awaitAnswers(everywhere);
    }
    assertNoneFailed(everywhere);
    mesh().awaitHolders(Digits.MODEL, 2);
  }

  @Test
  void aNodeCutOffFromEveryHolderSaysSoAndAnswersAgainOnceReconnected() {
    mesh().cutOff(BYSTANDER);
    try {
      Status status = statusOf(() -> mesh().client(BYSTANDER).infer(digits().rawRequest(0), LIMIT));
      assertThat(status.getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.NOT_FOUND);
      assertThat(status.getDescription()).contains(Digits.MODEL);
    } finally {
      mesh().reconnect(BYSTANDER);
    }
    mesh().awaitMembers();
    mesh().awaitHolders(Digits.MODEL, 2);
    // Being cut off for less than suspicion takes, nobody noticed: nothing tells that it can
    // connect.
    Awaitility.await("an answer by way of " + ContainerMesh.name(BYSTANDER))
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .untilAsserted(
            () ->
                assertThat(
                        Answers.nodes(
                            mesh().client(BYSTANDER).infer(digits().rawRequest(0), LIMIT)))
                    .startsWith(ContainerMesh.name(BYSTANDER)));
  }

  @Test
  void aContainerToldToStopDrainsSoThatNoRequestFails() {
    List<SteadyLoad.Entry> survivors = new ArrayList<>();
    try (SteadyLoad load = new SteadyLoad(digits())) {
      enterAtAllBut(LOADED_ON, load, survivors);
      awaitAnswers(survivors);
      assertThat(mesh().stop(LOADED_ON)).isZero();
      awaitAnswers(survivors);
    }
    assertNoneFailed(survivors);
    mesh().restart(LOADED_ON);
    awaitServedByItself(LOADED_ON);
    mesh().awaitHolders(Digits.MODEL, 2);
  }

  private static void enterAtAllBut(int victim, SteadyLoad load, List<SteadyLoad.Entry> entries) {
    for (int i = 1; i <= NODES; i++) {
      if (i != victim) {
        entries.add(load.enter(mesh().client(i), 1, false));
      }
    }
  }

  /** Each entry gets some more answers, or has failures that the test will show. */
  private static void awaitAnswers(List<SteadyLoad.Entry> entries) {
    SteadyLoad.awaitAnswers(entries, ANSWERS_BETWEEN, LIMIT);
  }

  private static void awaitServedByItself(int i) {
    Awaitility.await(ContainerMesh.name(i) + " serves by itself")
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(
            () ->
                Answers.nodes(mesh().client(i).infer(digits().rawRequest(0), LIMIT))
                    .equals(List.of(ContainerMesh.name(i))));
  }

  private static void assertNoneFailed(List<SteadyLoad.Entry> entries) {
    for (SteadyLoad.Entry entry : entries) {
      assertThat(entry.failures()).isEmpty();
      assertThat(entry.failed()).isZero();
    }
  }
}
