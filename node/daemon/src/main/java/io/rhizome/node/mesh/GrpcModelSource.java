// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.FetchChunkRequest;
import io.rhizome.mesh.v1.FetchChunkResponse;
import io.rhizome.mesh.v1.GetChunkIndexRequest;
import io.rhizome.mesh.v1.GetChunkIndexResponse;
import io.rhizome.mesh.v1.GetManifestRequest;
import io.rhizome.mesh.v1.ModelServiceGrpc;
import io.rhizome.node.models.ModelSource;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.store.Chunk;
import io.rhizome.store.ChunkIndex;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Gets models from peers' {@code ModelService} over {@link MeshChannels}. */
public final class GrpcModelSource implements ModelSource {
  /** What a message takes beside its one large field. */
  private static final int FRAMING_BYTES = 64;

  private final MeshChannels channels;
  private final Executor threads;

  /**
   * A source over these channels.
   *
   * @param threads where answers are taken, so that no event loop waits for a disk
   */
  public GrpcModelSource(MeshChannels channels, Executor threads) {
    this.channels = channels;
    this.threads = threads;
  }

  @Override
  public CompletionStage<SignedManifest> manifest(NodeId holder, Digest id) {
    ManagedChannel channel = channels.to(holder);
    if (channel == null) {
      return CompletableFuture.failedFuture(gone(holder));
    }
    ManifestReceiver receiver = new ManifestReceiver();
    GetManifestRequest request =
        GetManifestRequest.newBuilder().setManifestId(ByteString.copyFrom(id.bytes())).build();
    // Whoever asked may go away; what is learnt is kept for the next.
    Context.ROOT.run(
        () ->
            ModelServiceGrpc.newStub(channel).withExecutor(threads).getManifest(request, receiver));
    return receiver.result;
  }

  @Override
  public CompletionStage<ChunkIndex> index(NodeId holder, Manifest.File file) {
    ManagedChannel channel = channels.to(holder);
    if (channel == null) {
      return CompletableFuture.failedFuture(gone(holder));
    }
    IndexReceiver receiver = new IndexReceiver(file.bytes());
    GetChunkIndexRequest request =
        GetChunkIndexRequest.newBuilder()
            .setFile(ByteString.copyFrom(file.digest().bytes()))
            .build();
    ModelServiceGrpc.newStub(channel)
        .withExecutor(threads)
        .withMaxInboundMessageSize(ChunkIndex.maxEncodedBytes(file.bytes()) + FRAMING_BYTES)
        .getChunkIndex(request, receiver);
    return receiver.result;
  }

  @Override
  public CompletionStage<Fetched> chunk(NodeId holder, Digest file, Chunk chunk) {
    ManagedChannel channel = channels.to(holder);
    if (channel == null) {
      return CompletableFuture.failedFuture(gone(holder));
    }
    ChunkReceiver receiver = new ChunkReceiver();
    FetchChunkRequest request =
        FetchChunkRequest.newBuilder()
            .setFile(ByteString.copyFrom(file.bytes()))
            .setOffset(chunk.offset())
            .setLength(chunk.length())
            .setChunk(ByteString.copyFrom(chunk.digest().bytes()))
            .build();
    ModelServiceGrpc.newStub(channel)
        .withExecutor(threads)
        .withMaxInboundMessageSize(chunk.length() + FRAMING_BYTES)
        .fetchChunk(request, receiver);
    return receiver.result;
  }

  private static IOException gone(NodeId holder) {
    return new IOException("node " + holder.shortName() + " is not a usable member");
  }

  /** One call to a peer, whose result is a future that gives the call up when it is cancelled. */
  private abstract static class Receiver<Q, M, T> implements ClientResponseObserver<Q, M> {
    final CompletableFuture<T> result = new CompletableFuture<>();

    abstract void take(M message) throws MalformedException;

    abstract @Nullable T taken();

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> call) {
      var unused =
          result.whenComplete(
              (value, error) -> {
                if (error != null) {
                  call.cancel("given up", error);
                }
              });
    }

    @Override
    public void onNext(M message) {
      if (result.isDone()) {
        return;
      }
      try {
        take(message);
      } catch (MalformedException e) {
        result.completeExceptionally(e);
      }
    }

    @Override
    public void onError(Throwable error) {
      result.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
      result.complete(taken());
    }
  }

  private static final class ManifestReceiver
      extends Receiver<GetManifestRequest, io.rhizome.v1.SignedManifest, SignedManifest> {
    private @Nullable SignedManifest manifest;

    @Override
    void take(io.rhizome.v1.SignedManifest message) throws MalformedException {
      manifest = ManifestMessages.fromMessage(message);
    }

    @Override
    @Nullable SignedManifest taken() {
      return manifest;
    }
  }

  private static final class IndexReceiver
      extends Receiver<GetChunkIndexRequest, GetChunkIndexResponse, ChunkIndex> {
    private final long fileBytes;
    private @Nullable ChunkIndex index;

    IndexReceiver(long fileBytes) {
      this.fileBytes = fileBytes;
    }

    @Override
    void take(GetChunkIndexResponse message) throws MalformedException {
      try {
        index = ChunkIndex.parse(message.getIndex().toByteArray(), fileBytes);
      } catch (IllegalArgumentException e) {
        throw new MalformedException(String.valueOf(e.getMessage()), e);
      }
    }

    @Override
    @Nullable ChunkIndex taken() {
      return index;
    }
  }

  private static final class ChunkReceiver
      extends Receiver<FetchChunkRequest, FetchChunkResponse, Fetched> {
    private @Nullable Fetched fetched;

    @Override
    void take(FetchChunkResponse message) {
      fetched = new Fetched(message.getData().asReadOnlyByteBuffer(), message.getRequestsWait());
    }

    @Override
    @Nullable Fetched taken() {
      return fetched;
    }
  }
}
