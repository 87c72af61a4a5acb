// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.SharedMesh.BYSTANDER;
import static io.rhizome.it.SharedMesh.CONTROLLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.rhizome.node.protocol.inference.ModelConfigRequest;
import io.rhizome.node.protocol.inference.ModelStatisticsRequest;
import io.rhizome.node.protocol.inference.RepositoryIndexRequest;
import io.rhizome.node.protocol.inference.RepositoryIndexResponse.ModelIndex;
import io.rhizome.node.protocol.inference.RepositoryModelLoadRequest;
import io.rhizome.node.protocol.inference.RepositoryModelUnloadRequest;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Triton's model repository extension over gRPC. */
@ExtendWith(SharedMesh.class)
final class RepositoryIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void everyNodeTellsOfTheModelsOfTheMesh(LocalMesh mesh) {
    for (NodeProcess node : mesh.nodes()) {
      try (NodeClient client = new NodeClient(node.apiPort())) {
        List<ModelIndex> models =
            client
                .inference(LIMIT)
                .repositoryIndex(RepositoryIndexRequest.newBuilder().setReady(true).build())
                .getModelsList();
        assertThat(models)
            .as(node.name())
            .anySatisfy(
                model -> {
                  assertThat(model.getName()).isEqualTo(Digits.MODEL);
                  assertThat(model.getState()).isEqualTo("READY");
                });
      }
    }
  }

  @Test
  void clientsMayNotLoadUnlessTheOperatorAllowsIt(LocalMesh mesh) {
    assertThatThrownBy(
            () ->
                at(mesh, BYSTANDER)
                    .repositoryModelLoad(
                        RepositoryModelLoadRequest.newBuilder().setModelName("digits").build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContainingAll("api.allowModelControl", "rhizome model load digits")
        .extracting(refusal -> Status.fromThrowable(refusal).getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void bothWireFormsLoadAndUnload(LocalMesh mesh, Digits digits) {
    GRPCInferenceServiceBlockingStub node = at(mesh, CONTROLLED);
    // KServe's messages have the model's name where Triton's have the repository's.
    RepositoryModelLoadRequest kserves =
        RepositoryModelLoadRequest.newBuilder().setRepositoryName(Digits.MODEL).build();
    assertThat(node.repositoryModelLoad(kserves).getIsLoaded()).isTrue();
    awaitServedBy(mesh, digits, true);
    assertThat(
            at(mesh, CONTROLLED)
                .modelStatistics(ModelStatisticsRequest.newBuilder().setName(Digits.MODEL).build())
                .getModelStats(0)
                .getInferenceStats()
                .getSuccess()
                .getCount())
        .isPositive();

    RepositoryModelUnloadRequest tritons =
        RepositoryModelUnloadRequest.newBuilder().setModelName(Digits.MODEL).build();
    assertThat(at(mesh, CONTROLLED).repositoryModelUnload(tritons).getIsUnloaded()).isTrue();
    awaitServedBy(mesh, digits, false);
  }

  @Test
  void anUnknownModelIsNeitherLoadedNorConfigured(LocalMesh mesh) {
    assertThatThrownBy(
            () ->
                at(mesh, CONTROLLED)
                    .repositoryModelLoad(
                        RepositoryModelLoadRequest.newBuilder().setModelName("nope").build()))
        .hasMessageContainingAll("NOT_FOUND", "nope");
    assertThatThrownBy(
            () ->
                at(mesh, CONTROLLED)
                    .modelConfig(ModelConfigRequest.newBuilder().setName("nope").build()))
        .hasMessageContainingAll("NOT_FOUND", "nope");
  }

  private static GRPCInferenceServiceBlockingStub at(LocalMesh mesh, int node) {
    return mesh.client(node).inference(LIMIT);
  }

  private static void awaitServedBy(LocalMesh mesh, Digits digits, boolean itself) {
    String name = mesh.node(CONTROLLED).name();
    Awaitility.await("requests to be served by " + (itself ? "the node itself" : "others"))
        .atMost(LIMIT)
        .until(
            () ->
                Answers.servedBy(mesh.client(CONTROLLED).infer(digits.rawRequest(0), LIMIT))
                        .equals(name)
                    == itself);
  }
}
