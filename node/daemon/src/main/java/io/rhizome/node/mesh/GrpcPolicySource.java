// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.FollowPolicyRequest;
import io.rhizome.mesh.v1.FollowPolicyResponse;
import io.rhizome.mesh.v1.PolicyFeedServiceGrpc;
import io.rhizome.mesh.v1.Voters;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyLimits;
import io.rhizome.node.policy.PolicySource;
import io.rhizome.node.policy.Proposal;
import io.rhizome.v1.ProposeRequest;
import io.rhizome.v1.ProposeResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reaches voters over {@link MeshChannels}. */
public final class GrpcPolicySource implements PolicySource {
  private static final int MAX_MESSAGE_BYTES =
      2 * (PolicyLimits.MAX_STATE_BYTES + PolicyLimits.MAX_RECORDS_BYTES);
  private static final long PROPOSE_SECONDS = 10;

  private final Function<NodeId, @Nullable ManagedChannel> channels;
  private final Epochs epochs;
  private final Executor threads;

  /**
   * A source over these channels.
   *
   * @param epochs voters of an older one are not followed
   * @param threads where answers are read; may block
   */
  public GrpcPolicySource(MeshChannels channels, Epochs epochs, Executor threads) {
    this(channels::to, epochs, threads);
  }

  /** A source over these, null where a node cannot be reached. */
  GrpcPolicySource(
      Function<NodeId, @Nullable ManagedChannel> channels, Epochs epochs, Executor threads) {
    this.channels = channels;
    this.epochs = epochs;
    this.threads = threads;
  }

  @Override
  public Runnable follow(NodeId voter, long after, Listener listener) {
    ManagedChannel channel = channels.apply(voter);
    if (channel == null) {
      listener.onEnd("it is not a usable member");
      return () -> {};
    }
    Receiver receiver = new Receiver(listener);
    FollowPolicyRequest request =
        FollowPolicyRequest.newBuilder()
            .setAfter(after)
            .setEpoch(ByteString.copyFrom(epochs.encoded()))
            .build();
    Context.ROOT.run(
        () ->
            PolicyFeedServiceGrpc.newStub(channel)
                .withExecutor(threads)
                .withMaxInboundMessageSize(MAX_MESSAGE_BYTES)
                .follow(request, receiver));
    return receiver::giveUp;
  }

  @Override
  public CompletionStage<Long> propose(NodeId voter, Proposal proposal) {
    ManagedChannel channel = channels.apply(voter);
    if (channel == null) {
      return CompletableFuture.failedFuture(new IOException("it is not a usable member"));
    }
    ProposeRequest request =
        ProposeRequest.newBuilder()
            .setProposal(ByteString.copyFrom(PolicyCodec.encode(proposal)))
            .build();
    Written written = new Written();
    Context.ROOT.run(
        () ->
            PolicyFeedServiceGrpc.newStub(channel)
                .withExecutor(threads)
                .withDeadlineAfter(PROPOSE_SECONDS, TimeUnit.SECONDS)
                .propose(request, written));
    return written.version;
  }

  /** The answer to one proposal. */
  private static final class Written implements StreamObserver<ProposeResponse> {
    final CompletableFuture<Long> version = new CompletableFuture<>();

    @Override
    public void onNext(ProposeResponse response) {
      version.complete(response.getVersion());
    }

    @Override
    public void onError(Throwable error) {
      version.completeExceptionally(PolicyErrors.fromStatus(error));
    }

    @Override
    public void onCompleted() {
      version.completeExceptionally(new IOException("it answered nothing"));
    }
  }

  /** What one voter sends. */
  private final class Receiver
      implements ClientResponseObserver<FollowPolicyRequest, FollowPolicyResponse> {
    private final Listener listener;
    private volatile @Nullable ClientCallStreamObserver<FollowPolicyRequest> call;

    Receiver(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FollowPolicyRequest> started) {
      call = started;
    }

    void giveUp() {
      ClientCallStreamObserver<FollowPolicyRequest> running = call;
      if (running != null) {
        running.cancel("another voter is followed", null);
      }
    }

    @Override
    public void onNext(FollowPolicyResponse response) {
      try {
        switch (response.getNewsCase()) {
          case VOTERS -> onVoting(response.getVoters());
          case IMAGE -> listener.onImage(PolicyCodec.image(response.getImage().toByteArray()));
          case RECORD -> listener.onRecord(PolicyCodec.record(response.getRecord().toByteArray()));
          case NEWS_NOT_SET -> {}
        }
      } catch (IllegalArgumentException e) {
        giveUp();
        listener.onEnd("it sent what cannot be read: " + e.getMessage());
      }
    }

    private void onVoting(Voters voters) {
      if (epochs.hear(voters.getEpoch().toByteArray()) == Epochs.Standing.SAME) {
        listener.onVoting(new Voting(voters(voters), voters.getCurrent(), voters.getLeadsIn()));
      } else {
        giveUp();
        listener.onEnd("its vote is of an epoch that is over, or that no operator signed");
      }
    }

    private static List<NodeId> voters(Voters voters) {
      return voters.getVotersList().stream().map(id -> NodeId.of(id.toByteArray())).toList();
    }

    @Override
    public void onError(Throwable error) {
      listener.onEnd(String.valueOf(error.getMessage()));
    }

    @Override
    public void onCompleted() {
      listener.onEnd("it ended");
    }
  }
}
