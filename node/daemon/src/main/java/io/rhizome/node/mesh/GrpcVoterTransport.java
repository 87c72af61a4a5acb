// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.InviteRequest;
import io.rhizome.mesh.v1.InviteResponse;
import io.rhizome.mesh.v1.RaftRequest;
import io.rhizome.mesh.v1.RaftResponse;
import io.rhizome.mesh.v1.RaftServiceGrpc;
import io.rhizome.node.policy.raft.VoterTransport;
import java.net.ConnectException;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Raft between voters over {@link MeshChannels}; {@link RaftService} is the other end. */
public final class GrpcVoterTransport implements VoterTransport {
  private static final Logger log = LoggerFactory.getLogger(GrpcVoterTransport.class);
  private static final long INVITE_SECONDS = 5;

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

  /**
   * Asks a node to take a vote beside these voters, once; what comes of it is seen in the voters.
   */
  public void invite(NodeId node, SortedSet<NodeId> voters) {
    ManagedChannel channel = channels.to(node);
    if (channel == null) {
      return;
    }
    InviteRequest.Builder request = InviteRequest.newBuilder();
    voters.forEach(voter -> request.addVoters(ByteString.copyFrom(voter.bytes())));
    Context.ROOT.run(
        () ->
            RaftServiceGrpc.newStub(channel)
                .withDeadlineAfter(INVITE_SECONDS, TimeUnit.SECONDS)
                .invite(request.build(), new Invited(node)));
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

  /** The answer to an invitation. */
  private record Invited(NodeId node) implements StreamObserver<InviteResponse> {
    @Override
    public void onNext(InviteResponse response) {}

    @Override
    public void onError(Throwable error) {
      log.warn("node {} takes no vote: {}", node.shortName(), error.getMessage());
    }

    @Override
    public void onCompleted() {}
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
