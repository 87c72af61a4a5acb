// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.RaftRequest;
import io.rhizome.mesh.v1.RaftResponse;
import io.rhizome.mesh.v1.RaftServiceGrpc;
import io.rhizome.node.policy.raft.VoterTransport;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Raft between voters over {@link MeshChannels}; {@link RaftService} is the other end. */
public final class GrpcVoterTransport implements VoterTransport {
  private final MeshChannels channels;
  private volatile @Nullable Handler handler;

  /** A transport over these channels. */
  public GrpcVoterTransport(MeshChannels channels) {
    this.channels = channels;
  }

  @Override
  public CompletionStage<byte[]> call(NodeId to, String subject, byte[] body, long timeoutNanos) {
    ManagedChannel channel = channels.to(to);
    if (channel == null) {
      return CompletableFuture.failedFuture(
          new ConnectException("node " + to.shortName() + " is not a usable member"));
    }
    RaftRequest request =
        RaftRequest.newBuilder()
            .setSubject(subject)
            .setBody(UnsafeByteOperations.unsafeWrap(body))
            .build();
    Answer answer = new Answer();
    // Whatever led to this call may end before it.
    Context.ROOT.run(
        () ->
            RaftServiceGrpc.newStub(channel)
                .withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS)
                .call(request, answer));
    return answer.body;
  }

  @Override
  public void serve(Handler served) {
    handler = served;
  }

  /** Hands a call in; a node without a vote refuses it. */
  CompletionStage<byte[]> received(NodeId from, String subject, byte[] body) {
    Handler serving = handler;
    if (serving == null) {
      return CompletableFuture.failedFuture(new ConnectException("this node has no vote"));
    }
    // It is up again: calls to it need not sit out the wait between attempts to connect.
    ManagedChannel back = channels.to(from);
    if (back != null && back.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      back.resetConnectBackoff();
    }
    return serving.handle(from, subject, body);
  }

  /** The answer to one call. */
  private static final class Answer implements StreamObserver<RaftResponse> {
    final CompletableFuture<byte[]> body = new CompletableFuture<>();

    @Override
    public void onNext(RaftResponse response) {
      body.complete(response.getBody().toByteArray());
    }

    @Override
    public void onError(Throwable error) {
      Status status = Status.fromThrowable(error);
      body.completeExceptionally(
          status.getCode() == Status.Code.DEADLINE_EXCEEDED
              ? new TimeoutException(status.getDescription())
              : new ConnectException(status.getCode() + ": " + status.getDescription()));
    }

    @Override
    public void onCompleted() {
      body.completeExceptionally(new ConnectException("it answered nothing"));
    }
  }
}
