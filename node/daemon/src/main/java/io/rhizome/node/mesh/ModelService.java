// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rhizome.mesh.v1.FetchChunkRequest;
import io.rhizome.mesh.v1.FetchChunkResponse;
import io.rhizome.mesh.v1.GetChunkIndexRequest;
import io.rhizome.mesh.v1.GetChunkIndexResponse;
import io.rhizome.mesh.v1.GetManifestRequest;
import io.rhizome.mesh.v1.ModelServiceGrpc;
import io.rhizome.node.models.Models;
import io.rhizome.store.Chunk;
import io.rhizome.store.DamagedFileException;
import io.rhizome.store.Digest;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives peers the manifests and the files' chunks that this node has. Blocks on the disk; runs off
 * the event loops.
 */
final class ModelService extends ModelServiceGrpc.ModelServiceImplBase {
  private static final Logger log = LoggerFactory.getLogger(ModelService.class);

  private final Models models;

  ModelService(Models models) {
    this.models = models;
  }

  @Override
  public void getManifest(
      GetManifestRequest request, StreamObserver<io.rhizome.v1.SignedManifest> observer) {
    Optional<SignedManifest> found;
    try {
      found = models.manifest(digest("manifest_id", request.getManifestId()));
    } catch (IllegalArgumentException e) {
      observer.onError(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
      return;
    }
    if (found.isEmpty()) {
      observer.onError(
          Status.NOT_FOUND.withDescription("no manifest of that id here").asException());
      return;
    }
    observer.onNext(ManifestMessages.toMessage(found.get()));
    observer.onCompleted();
  }

  @Override
  public void getChunkIndex(
      GetChunkIndexRequest request, StreamObserver<GetChunkIndexResponse> observer) {
    answer(
        observer,
        () ->
            GetChunkIndexResponse.newBuilder()
                .setIndex(
                    UnsafeByteOperations.unsafeWrap(
                        models.index(digest("file", request.getFile())).encode()))
                .build());
  }

  @Override
  public void fetchChunk(FetchChunkRequest request, StreamObserver<FetchChunkResponse> observer) {
    answer(
        observer,
        () -> {
          Chunk chunk =
              new Chunk(
                  request.getOffset(), request.getLength(), digest("chunk", request.getChunk()));
          ByteBuffer bytes = models.chunk(digest("file", request.getFile()), chunk);
          return FetchChunkResponse.newBuilder()
              .setData(UnsafeByteOperations.unsafeWrap(bytes))
              .setRequestsWait(models.requestsWait())
              .build();
        });
  }

  /** What a peer asked for, read from disk. */
  @FunctionalInterface
  private interface Reading<M> {
    M read() throws IOException;
  }

  private static <M> void answer(StreamObserver<M> observer, Reading<M> reading) {
    M message;
    try {
      message = reading.read();
    } catch (IllegalArgumentException e) {
      observer.onError(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
      return;
    } catch (NoSuchFileException e) {
      observer.onError(
          Status.NOT_FOUND.withDescription("no file of that digest here").asException());
      return;
    } catch (DamagedFileException e) {
      observer.onError(Status.DATA_LOSS.withDescription(e.getMessage()).asException());
      return;
    } catch (IOException e) {
      log.warn("cannot read a model file for a peer", e);
      observer.onError(
          Status.UNAVAILABLE.withDescription("cannot read the file here").asException());
      return;
    }
    observer.onNext(message);
    observer.onCompleted();
  }

  private static Digest digest(String field, ByteString bytes) {
    try {
      return Digest.of(bytes.toByteArray());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
    }
  }
}
