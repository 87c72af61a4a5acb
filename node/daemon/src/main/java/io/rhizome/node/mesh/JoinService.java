// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.GetMeshKeyRequest;
import io.rhizome.mesh.v1.GetMeshKeyResponse;
import io.rhizome.mesh.v1.JoinChallengeRequest;
import io.rhizome.mesh.v1.JoinChallengeResponse;
import io.rhizome.mesh.v1.JoinRequest;
import io.rhizome.mesh.v1.JoinResponse;
import io.rhizome.mesh.v1.JoinServiceGrpc;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.identity.admission.AdmissionFile;
import io.rhizome.node.identity.admission.Admissions;
import io.rhizome.node.identity.admission.JoinDesk;
import io.rhizome.node.identity.admission.PolicyAdmitted;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyStore;
import java.security.PublicKey;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/** The door of the mesh. Who asks is the TLS identity, nothing in a message. Does not block. */
public final class JoinService extends JoinServiceGrpc.JoinServiceImplBase {
  private final JoinDesk desk;
  private final PolicyAdmitted admitted;
  private final PolicyStore store;

  /** A door that leads to that desk. */
  public JoinService(JoinDesk desk, PolicyAdmitted admitted, PolicyStore store) {
    this.desk = desk;
    this.admitted = admitted;
    this.store = store;
  }

  @Override
  public void challenge(
      JoinChallengeRequest request, StreamObserver<JoinChallengeResponse> observer) {
    observer.onNext(
        JoinChallengeResponse.newBuilder().setNonce(ByteString.copyFrom(desk.challenge())).build());
    observer.onCompleted();
  }

  @Override
  public void join(JoinRequest request, StreamObserver<JoinResponse> observer) {
    PublicKey joiner;
    try {
      joiner = MeshTls.peerKey(Caller.SESSION.get());
    } catch (SSLPeerUnverifiedException e) {
      observer.onError(Status.UNAUTHENTICATED.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    var unused =
        desk.join(joiner, request)
            .whenComplete(
                (joined, failure) -> {
                  if (failure != null) {
                    observer.onError(status(failure));
                  } else {
                    observer.onNext(welcome());
                    observer.onCompleted();
                  }
                });
  }

  private static StatusRuntimeException status(Throwable failure) {
    Throwable cause = PolicyException.cause(failure);
    return cause instanceof StatusRuntimeException status ? status : PolicyErrors.toStatus(cause);
  }

  /** Of policy itself: this node's own idea of who belongs may come a moment later. */
  private JoinResponse welcome() {
    JoinResponse.Builder welcome =
        JoinResponse.newBuilder()
            .setAdmissions(
                ByteString.copyFrom(AdmissionFile.encode(Admissions.of(store.snapshot()))));
    store.status().voters().forEach(id -> welcome.addVoters(ByteString.copyFrom(id.bytes())));
    return welcome.build();
  }

  @Override
  public void getMeshKey(GetMeshKeyRequest request, StreamObserver<GetMeshKeyResponse> observer) {
    NodeId caller = Caller.KEY.get();
    Admissions now = admitted.now();
    Optional<Bytes> key = now.meshKey();
    if (!now.isNode(caller) || key.isEmpty()) {
      observer.onError(OnlyAdmitted.refusal(caller).asRuntimeException());
      return;
    }
    observer.onNext(
        GetMeshKeyResponse.newBuilder()
            .setVersion(now.meshKeyVersion())
            .setKey(ByteString.copyFrom(key.get().toArray()))
            .build());
    observer.onCompleted();
  }
}
