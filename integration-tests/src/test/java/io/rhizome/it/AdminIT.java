// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.Failures.statusOf;
import static io.rhizome.it.SharedMesh.BYSTANDER;
import static io.rhizome.it.SharedMesh.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.LoadModelRequest;
import io.rhizome.v1.NodeInfo;
import io.rhizome.v1.RemoveModelRequest;
import io.rhizome.v1.UnloadModelRequest;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who may change a node, and what anyone may ask of it. */
@ExtendWith(SharedMesh.class)
final class AdminIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final LoadModelRequest LOAD =
      LoadModelRequest.newBuilder().setName(Digits.MODEL).build();

  @Test
  void changesNeedProof(LocalMesh mesh) {
    NodeClient node = mesh.client(BYSTANDER);
    assertThat(code(() -> node.admin(LIMIT).loadModel(LOAD).hasNext()))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(
            code(
                () ->
                    node.admin(LIMIT)
                        .unloadModel(
                            UnloadModelRequest.newBuilder().setName(Digits.MODEL).build())))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(
            code(
                () ->
                    node.admin(LIMIT)
                        .removeModel(
                            RemoveModelRequest.newBuilder().setName(Digits.MODEL).build())))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void aStrangersProofIsNotEnough(LocalMesh mesh) throws GeneralSecurityException {
    NodeClient node = mesh.client(BYSTANDER);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    OperatorKey stranger = new OperatorKey(generator.generateKeyPair());
    assertThat(code(() -> stranger.load(node, Digits.MODEL, LIMIT).hasNext()))
        .isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  private static Status.Code code(ThrowingCallable call) {
    return statusOf(call).getCode();
  }

  @Test
  void anyoneMayAskWhoIsThere(LocalMesh mesh) {
    for (int i = 1; i <= NODES; i++) {
      var nodes =
          mesh.client(i)
              .admin(LIMIT)
              .listNodes(ListNodesRequest.getDefaultInstance())
              .getNodesList();
      assertThat(nodes).hasSize(NODES);
      assertThat(nodes).filteredOn(NodeInfo::getSelf).hasSize(1);
      assertThat(nodes)
          .extracting(NodeInfo::getApiAddress)
          .containsExactlyInAnyOrderElementsOf(
              mesh.nodes().stream().map(NodeProcess::address).toList());
      assertThat(nodes).allSatisfy(node -> assertThat(node.getLabelsMap()).containsKey("site"));
    }
  }
}
