// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.mesh.v1.FetchFileRequest;
import io.rhizome.mesh.v1.FetchFileResponse;
import io.rhizome.mesh.v1.GetManifestRequest;
import io.rhizome.mesh.v1.ModelServiceGrpc;
import io.rhizome.node.models.Models;
import io.rhizome.store.Digest;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives peers the manifests and files that this node has. Blocks on the disk; runs off the event
 * loops.
 */
final class ModelService extends ModelServiceGrpc.ModelServiceImplBase {
  private static final Logger log = LoggerFactory.getLogger(ModelService.class);
  private static final int PIECE_BYTES = 256 << 10;

  private final Models models;

  ModelService(Models models) {
    this.models = models;
  }

  @Override
  public void getManifest(
      GetManifestRequest request, StreamObserver<io.rhizome.v1.SignedManifest> observer) {
    Optional<SignedManifest> found;
    try {
      found = models.manifest(Digest.of(request.getManifestId().toByteArray()));
    } catch (IllegalArgumentException e) {
      observer.onError(invalid("manifest_id", e));
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
  public void fetchFile(FetchFileRequest request, StreamObserver<FetchFileResponse> observer) {
    ServerCallStreamObserver<FetchFileResponse> call =
        (ServerCallStreamObserver<FetchFileResponse>) observer;
    FileChannel file;
    try {
      file = models.read(Digest.of(request.getDigest().toByteArray()));
      if (request.getOffset() < 0 || request.getOffset() > file.size()) {
        file.close();
        throw new IllegalArgumentException("must be 0 to the file's size");
      }
      file.position(request.getOffset());
    } catch (IllegalArgumentException e) {
      call.onError(invalid("digest or offset", e));
      return;
    } catch (NoSuchFileException e) {
      call.onError(Status.NOT_FOUND.withDescription("no file of that digest here").asException());
      return;
    } catch (IOException e) {
      call.onError(unreadable(e));
      return;
    }
    new Sending(call, file).start();
  }

  private static Exception invalid(String field, IllegalArgumentException e) {
    return Status.INVALID_ARGUMENT.withDescription(field + ": " + e.getMessage()).asException();
  }

  private static Exception unreadable(IOException e) {
    log.warn("cannot read a model file for a peer", e);
    return Status.UNAVAILABLE.withDescription("cannot read the file here").asException();
  }

  /** One file on its way out, as fast as the peer takes it. Its callbacks come one at a time. */
  private static final class Sending {
    private final ServerCallStreamObserver<FetchFileResponse> call;
    private final FileChannel file;
    private boolean ended;

    Sending(ServerCallStreamObserver<FetchFileResponse> call, FileChannel file) {
      this.call = call;
      this.file = file;
    }

    void start() {
      call.setOnCancelHandler(this::close);
      call.setOnCloseHandler(this::close);
      call.setOnReadyHandler(this::sendWhileReady);
    }

    private void sendWhileReady() {
      try {
        while (!ended && call.isReady()) {
          ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
          while (piece.hasRemaining() && file.read(piece) >= 0) {}
          if (piece.position() == 0) {
            close();
            call.onCompleted();
            return;
          }
          ByteString data = UnsafeByteOperations.unsafeWrap(piece.flip());
          call.onNext(FetchFileResponse.newBuilder().setData(data).build());
        }
      } catch (IOException e) {
        close();
        call.onError(unreadable(e));
      }
    }

    private void close() {
      ended = true;
      try {
        file.close();
      } catch (IOException e) {
        log.warn("cannot close a model file", e);
      }
    }
  }
}
