// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.FetchFileRequest;
import io.rhizome.mesh.v1.FetchFileResponse;
import io.rhizome.mesh.v1.GetManifestRequest;
import io.rhizome.mesh.v1.ModelServiceGrpc;
import io.rhizome.node.models.ModelSource;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.store.BlobWriter;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Gets models from peers' {@code ModelService} over {@link MeshChannels}. */
public final class GrpcModelSource implements ModelSource {
  private final MeshChannels channels;
  private final Executor threads;

  /**
   * A source over these channels.
   *
   * @param threads where bytes are written to disk, so that no event loop waits for it
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
  public CompletionStage<Void> file(
      NodeId holder, Manifest.File file, BlobWriter sink, LongConsumer progress) {
    ManagedChannel channel = channels.to(holder);
    if (channel == null) {
      return CompletableFuture.failedFuture(gone(holder));
    }
    FileReceiver receiver = new FileReceiver(sink, progress);
    ModelServiceGrpc.newStub(channel)
        .withExecutor(threads)
        .fetchFile(
            FetchFileRequest.newBuilder()
                .setDigest(ByteString.copyFrom(file.digest().bytes()))
                .build(),
            receiver);
    return receiver.result;
  }

  private static IOException gone(NodeId holder) {
    return new IOException("node " + holder.shortName() + " is not a usable member");
  }

  /** One call to a peer, whose result is a future that gives the call up when it is cancelled. */
  private abstract static class Receiver<Q, M, T> implements ClientResponseObserver<Q, M> {
    final CompletableFuture<T> result = new CompletableFuture<>();

    abstract void take(M message) throws IOException, MalformedException;

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
      } catch (IOException | MalformedException e) {
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

  private static final class FileReceiver
      extends Receiver<FetchFileRequest, FetchFileResponse, Void> {
    private final BlobWriter sink;
    private final LongConsumer progress;

    FileReceiver(BlobWriter sink, LongConsumer progress) {
      this.sink = sink;
      this.progress = progress;
    }

    @Override
    void take(FetchFileResponse message) throws IOException {
      for (ByteBuffer piece : message.getData().asReadOnlyByteBufferList()) {
        sink.write(piece);
      }
      progress.accept(sink.written());
    }

    @Override
    @Nullable Void taken() {
      return null;
    }
  }
}
