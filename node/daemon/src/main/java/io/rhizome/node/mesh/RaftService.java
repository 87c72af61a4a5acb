// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.InviteRequest;
import io.rhizome.mesh.v1.InviteResponse;
import io.rhizome.mesh.v1.RaftRequest;
import io.rhizome.mesh.v1.RaftResponse;
import io.rhizome.mesh.v1.RaftServiceGrpc;
import java.util.List;
import java.util.function.BiPredicate;

/** What voters ask of this node. Who asks is the TLS identity, nothing in a message. */
public final class RaftService extends RaftServiceGrpc.RaftServiceImplBase {
  private final GrpcVoterTransport transport;
  private final BiPredicate<NodeId, List<NodeId>> invited;

  /**
   * A service that hands calls to this transport's handler.
   *
   * @param invited takes a vote beside these voters, at that node's word; false where that node may
   *     not give one
   */
  public RaftService(GrpcVoterTransport transport, BiPredicate<NodeId, List<NodeId>> invited) {
    this.transport = transport;
    this.invited = invited;
  }

  @Override
  public void call(RaftRequest request, StreamObserver<RaftResponse> observer) {
    var unused =
        transport
            .received(Caller.KEY.get(), request.getSubject(), request.getBody().toByteArray())
            .whenComplete(
                (body, failure) -> {
                  if (failure != null) {
                    observer.onError(
                        Status.UNAVAILABLE
                            .withDescription(failure.getMessage())
                            .asRuntimeException());
                  } else {
                    observer.onNext(
                        RaftResponse.newBuilder()
                            .setBody(UnsafeByteOperations.unsafeWrap(body))
                            .build());
                    observer.onCompleted();
                  }
                });
  }

  @Override
  public void invite(InviteRequest request, StreamObserver<InviteResponse> observer) {
    NodeId from = Caller.KEY.get();
    List<NodeId> voters;
    try {
      voters = request.getVotersList().stream().map(id -> NodeId.of(id.toByteArray())).toList();
    } catch (IllegalArgumentException e) {
      observer.onError(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    if (!invited.test(from, voters)) {
      observer.onError(
          Status.PERMISSION_DENIED
              .withDescription("node " + from.shortName() + " has no vote, as far as is known here")
              .asRuntimeException());
      return;
    }
    observer.onNext(InviteResponse.getDefaultInstance());
    observer.onCompleted();
  }
}
