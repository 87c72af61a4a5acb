// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.AcquaintRequest;
import io.rhizome.mesh.v1.AcquaintResponse;
import io.rhizome.mesh.v1.AcquaintanceServiceGrpc;
import io.rhizome.node.policy.Epochs;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Tells other nodes of epochs, and learns from them; {@link AcquaintanceService} is the other end.
 */
public final class GrpcAcquaintances {
  private static final long ASK_SECONDS = 3;
  private static final int MAX_VOTERS = 16;

  private final MeshChannels channels;
  private final Epochs epochs;
  private final Executor threads;

  /**
   * What a node answered.
   *
   * @param voters who votes, as far as it knows
   * @param version the newest policy version that it has
   */
  public record Answer(SortedSet<NodeId> voters, long version) {}

  /**
   * Over these channels.
   *
   * @param threads where answers are read; may block
   */
  public GrpcAcquaintances(MeshChannels channels, Epochs epochs, Executor threads) {
    this.channels = channels;
    this.epochs = epochs;
    this.threads = threads;
  }

  /** Asks a node; an IOException where it does not answer. */
  public CompletionStage<Answer> ask(NodeId node) {
    ManagedChannel channel = channels.to(node);
    if (channel == null) {
      return CompletableFuture.failedFuture(new IOException("it is not a usable member"));
    }
    Asked asked = new Asked(epochs);
    AcquaintRequest request =
        AcquaintRequest.newBuilder().setEpoch(ByteString.copyFrom(epochs.encoded())).build();
    Context.ROOT.run(
        () ->
            AcquaintanceServiceGrpc.newStub(channel)
                .withExecutor(threads)
                .withDeadlineAfter(ASK_SECONDS, TimeUnit.SECONDS)
                .acquaint(request, asked));
    return asked.answer;
  }

  private static final class Asked implements StreamObserver<AcquaintResponse> {
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final Epochs epochs;

    Asked(Epochs epochs) {
      this.epochs = epochs;
    }

    @Override
    public void onNext(AcquaintResponse response) {
      epochs.hear(response.getEpoch().toByteArray());
      SortedSet<NodeId> voters = new TreeSet<>();
      try {
        response.getVotersList().stream()
            .limit(MAX_VOTERS)
            .forEach(id -> voters.add(NodeId.of(id.toByteArray())));
      } catch (IllegalArgumentException e) {
        answer.completeExceptionally(new IOException("it sent what cannot be read", e));
        return;
      }
      answer.complete(new Answer(voters, response.getVersion()));
    }

    @Override
    public void onError(Throwable error) {
      answer.completeExceptionally(new IOException(String.valueOf(error.getMessage()), error));
    }

    @Override
    public void onCompleted() {
      answer.completeExceptionally(new IOException("it answered nothing"));
    }
  }
}
