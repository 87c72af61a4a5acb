// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.Failures.statusOf;
import static io.rhizome.it.SharedMesh.BYSTANDER;
import static io.rhizome.it.SharedMesh.LOADED_ON;
import static io.rhizome.it.SharedMesh.NODES;
import static io.rhizome.it.SharedMesh.PUSHED_TO;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.protocol.inference.InferTensorContents;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.protocol.inference.ModelMetadataRequest;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import io.rhizome.node.protocol.inference.ModelReadyRequest;
import io.rhizome.node.protocol.inference.ServerLiveRequest;
import io.rhizome.node.protocol.inference.ServerMetadataRequest;
import io.rhizome.node.protocol.inference.ServerReadyRequest;
import io.rhizome.v1.StatusRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What clients of a mesh of five real nodes see. */
@ExtendWith(SharedMesh.class)
final class MeshIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Test
  void everyNodeAnswersAsPyTorchDoesAndSaysWhoServedByWhichPath(LocalMesh mesh, Digits digits) {
    List<String> holders = List.of(mesh.node(PUSHED_TO).name(), mesh.node(LOADED_ON).name());
    for (int i = 1; i <= NODES; i++) {
      String entry = mesh.node(i).name();
      Survey survey = Survey.of(digits, mesh.client(i));
      assertThat(survey.right()).as("right by way of %s", entry).isEqualTo(356);
      assertThat(survey.matches(digits)).as("%s off by %s", entry, survey.difference()).isTrue();
      assertThat(holders).as("who served %s", entry).containsAll(survey.servedBy().keySet());
      for (String path : survey.paths().keySet()) {
        assertThat(path).startsWith(entry);
        assertThat(holders).anyMatch(path::endsWith);
        assertThat(path.split(" > ")).as("one hop is enough").hasSizeLessThanOrEqualTo(2);
      }
    }
  }

  @Test
  void aNodeWithoutTheModelHopsToOneThatHasIt(LocalMesh mesh, Digits digits) {
    ModelInferResponse answer = mesh.client(BYSTANDER).infer(digits.rawRequest(0), LIMIT);
    assertThat(Answers.nodes(answer))
        .hasSize(2)
        .startsWith(mesh.node(BYSTANDER).name())
        .endsWith(Answers.servedBy(answer));
  }

  @Test
  void typedAndRawContentsGiveTheSameAnswer(LocalMesh mesh, Digits digits) {
    for (int i : new int[] {PUSHED_TO, BYSTANDER}) {
      assertThat(Answers.floats(mesh.client(i).infer(digits.typedRequest(7), LIMIT)))
          .isEqualTo(Answers.floats(mesh.client(i).infer(digits.rawRequest(7), LIMIT)));
    }
  }

  @Test
  void aRequestsIdComesBackThroughAHop(LocalMesh mesh, Digits digits) {
    ModelInferRequest request = digits.rawRequest(0).toBuilder().setId("a-7").build();
    ModelInferResponse answer = mesh.client(BYSTANDER).infer(request, LIMIT);
    assertThat(answer.getId()).isEqualTo("a-7");
    assertThat(answer.getModelName()).isEqualTo(Digits.MODEL);
  }

  @Test
  void everyNodeIsLiveReadyAndKnowsTheModel(LocalMesh mesh) {
    for (int i = 1; i <= NODES; i++) {
      var node = mesh.client(i).inference(LIMIT);
      assertThat(node.serverLive(ServerLiveRequest.getDefaultInstance()).getLive()).isTrue();
      assertThat(node.serverReady(ServerReadyRequest.getDefaultInstance()).getReady()).isTrue();
      assertThat(node.serverMetadata(ServerMetadataRequest.getDefaultInstance()).getName())
          .isNotEmpty();
      assertThat(node.modelReady(ready(Digits.MODEL)).getReady()).isTrue();
      ModelMetadataResponse model =
          node.modelMetadata(ModelMetadataRequest.newBuilder().setName(Digits.MODEL).build());
      assertThat(model.getName()).isEqualTo(Digits.MODEL);
      assertThat(model.getInputs(0).getName()).isEqualTo("pixels");
      assertThat(model.getInputs(0).getDatatype()).isEqualTo("FP32");
      assertThat(model.getInputs(0).getShapeList()).containsExactly(-1L, 1L, 8L, 8L);
      assertThat(model.getOutputs(0).getShapeList()).containsExactly(-1L, 10L);
    }
  }

  private static ModelReadyRequest ready(String model) {
    return ModelReadyRequest.newBuilder().setName(model).build();
  }

  @Test
  void everyNodeAnswersHealthChecksAndReflection(LocalMesh mesh) throws Exception {
    for (int i = 1; i <= NODES; i++) {
      assertThat(
              mesh.client(i)
                  .health(LIMIT)
                  .check(HealthCheckRequest.getDefaultInstance())
                  .getStatus())
          .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
      assertThat(services(mesh.client(i)))
          .contains(
              "inference.GRPCInferenceService", "rhizome.v1.AdminService", "grpc.health.v1.Health");
    }
  }

  private static List<String> services(NodeClient node) throws Exception {
    CompletableFuture<List<String>> names = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(node.channel())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse answer) {
                    names.complete(
                        answer.getListServicesResponse().getServiceList().stream()
                            .map(ServiceResponse::getName)
                            .toList());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    names.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    names.completeExceptionally(new IOException("no answer"));
                  }
                });
    questions.onNext(ServerReflectionRequest.newBuilder().setListServices("*").build());
    List<String> found = names.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    questions.onCompleted();
    return found;
  }

  @Test
  void aModelThatNobodyHoldsIsNotFound(LocalMesh mesh, Digits digits) {
    ModelInferRequest request = digits.rawRequest(0).toBuilder().setModelName("nope").build();
    for (int i : new int[] {PUSHED_TO, BYSTANDER}) {
      Status status = statusOf(() -> mesh.client(i).infer(request, LIMIT));
      assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(status.getDescription()).contains("nope");
    }
    assertThat(mesh.client(BYSTANDER).inference(LIMIT).modelReady(ready("nope")).getReady())
        .isFalse();
  }

  @Test
  void aWrongShapeIsAnInvalidArgumentThatNamesTheInput(LocalMesh mesh, Digits digits) {
    ModelInferRequest.Builder request = digits.rawRequest(0).toBuilder();
    request.getInputsBuilder(0).setShape(2, 4).setShape(3, 16);
    ModelInferRequest wrong = request.build();
    for (int i : new int[] {PUSHED_TO, BYSTANDER}) {
      Status status = statusOf(() -> mesh.client(i).infer(wrong, LIMIT));
      assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(status.getDescription()).contains("pixels");
    }
  }

  @Test
  void aDeadlineEndsARequestForASlowModel(LocalMesh mesh) throws Exception {
    mesh.pushBuiltIn(PUSHED_TO, "timer", "service_millis=1500");
    mesh.awaitHolders("timer", 1);
    ModelInferRequest request =
        ModelInferRequest.newBuilder()
            .setModelName("timer")
            .addInputs(
                ModelInferRequest.InferInputTensor.newBuilder()
                    .setName("x")
                    .setDatatype("FP32")
                    .addShape(1)
                    .setContents(InferTensorContents.newBuilder().addFp32Contents(1)))
            .build();
    for (int i : new int[] {PUSHED_TO, BYSTANDER}) {
      long start = System.nanoTime();
      Status status = statusOf(() -> mesh.client(i).infer(request, Duration.ofMillis(300)));
      assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1200));
    }
    Awaitility.await("nothing of it left in flight")
        .atMost(LIMIT)
        .until(() -> inFlight(mesh, PUSHED_TO) == 0 && inFlight(mesh, BYSTANDER) == 0);
    assertThat(mesh.client(BYSTANDER).infer(request, LIMIT).getModelName()).isEqualTo("timer");
  }

  private static int inFlight(LocalMesh mesh, int i) {
    return mesh.client(i).admin(LIMIT).status(StatusRequest.getDefaultInstance()).getInFlight();
  }

  @Test
  void hopMetadataFromAClientIsIgnored(LocalMesh mesh, Digits digits) {
    byte[] noMoreHops =
        new HopMetadata(
                1,
                0,
                "other",
                99,
                List.of(id(mesh, PUSHED_TO), id(mesh, LOADED_ON)),
                "",
                "",
                1,
                null)
            .encode();
    byte[] nonsense = "nonsense".getBytes(StandardCharsets.UTF_8);
    for (byte[] value : List.of(noMoreHops, nonsense)) {
      Metadata headers = new Metadata();
      headers.put(HopMetadata.KEY, value);
      ModelInferResponse answer =
          mesh.client(BYSTANDER)
              .inference(LIMIT)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .modelInfer(digits.rawRequest(3));
      assertThat(digits.difference(3, answer)).isLessThanOrEqualTo(SteadyLoad.TOLERANCE);
      assertThat(Answers.nodes(answer)).hasSize(2).startsWith(mesh.node(BYSTANDER).name());
    }
  }

  private static NodeId id(LocalMesh mesh, int i) {
    return NodeId.parse(
        mesh.client(i).admin(LIMIT).status(StatusRequest.getDefaultInstance()).getNodeId());
  }
}
