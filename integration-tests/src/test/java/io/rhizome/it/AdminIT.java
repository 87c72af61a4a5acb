// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.Failures.statusOf;
import static io.rhizome.it.SharedMesh.BYSTANDER;
import static io.rhizome.it.SharedMesh.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.ChallengeRequest;
import io.rhizome.v1.ChallengeResponse;
import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.LoadModelRequest;
import io.rhizome.v1.NodeInfo;
import io.rhizome.v1.RemoveModelRequest;
import io.rhizome.v1.UnloadModelRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
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
    Metadata proof = proof(generator.generateKeyPair(), node);
    assertThat(
            code(
                () ->
                    node.admin(LIMIT)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(proof))
                        .loadModel(LOAD)
                        .hasNext()))
        .isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  private static Status.Code code(ThrowingCallable call) {
    return statusOf(call).getCode();
  }

  /** A proof as admin.proto describes it, right in all but its key. */
  private static Metadata proof(KeyPair keys, NodeClient node) throws GeneralSecurityException {
    ChallengeResponse challenge =
        node.admin(LIMIT).challenge(ChallengeRequest.getDefaultInstance());
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(bytes("rhizome-admin-v1\0"));
    signature.update(bytes(AdminServiceGrpc.getLoadModelMethod().getFullMethodName() + "\0"));
    signature.update(challenge.getNodeId().toByteArray());
    signature.update(challenge.getNonce().toByteArray());
    signature.update(sha256(LOAD.toByteArray()));
    Metadata proof = new Metadata();
    proof.put(key("rhizome-operator-bin"), sha256(keys.getPublic().getEncoded()));
    proof.put(key("rhizome-nonce-bin"), challenge.getNonce().toByteArray());
    proof.put(key("rhizome-signature-bin"), signature.sign());
    return proof;
  }

  private static Metadata.Key<byte[]> key(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
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
