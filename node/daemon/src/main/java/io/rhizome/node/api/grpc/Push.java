// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rhizome.node.mesh.ManifestMessages;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.models.Models;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.store.BlobWriter;
import io.rhizome.store.Manifest;
import io.rhizome.store.SignedManifest;
import io.rhizome.v1.PushModelRequest;
import io.rhizome.v1.PushModelResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One push on its way in: the manifest, then its files' bytes in its order, straight to disk.
 * Nothing of it is visible before all of it is here, checked and tried. gRPC calls it from one
 * thread at a time.
 */
final class Push implements StreamObserver<PushModelRequest> {
  private static final Logger log = LoggerFactory.getLogger(Push.class);

  private final Models models;
  private final ServerCallStreamObserver<PushModelResponse> observer;
  private final List<BlobWriter> staged = new ArrayList<>();
  private @Nullable SignedManifest manifest;
  private boolean ended;

  Push(Models models, ServerCallStreamObserver<PushModelResponse> observer) {
    this.models = models;
    this.observer = observer;
    observer.setOnCancelHandler(this::abort);
  }

  @Override
  public void onNext(PushModelRequest message) {
    if (ended) {
      return;
    }
    try {
      if (message.hasManifest()) {
        begin(ManifestMessages.fromMessage(message.getManifest()));
      } else {
        for (ByteBuffer piece : message.getChunk().asReadOnlyByteBufferList()) {
          write(piece);
        }
      }
    } catch (MalformedException e) {
      refuse(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
    } catch (ModelException e) {
      refuse(Outcomes.toStatus(e));
    } catch (IOException e) {
      log.warn("cannot take in a pushed model", e);
      refuse(Status.INTERNAL.withDescription(e.getMessage()).asException());
    }
  }

  private void begin(SignedManifest pushed) throws MalformedException, ModelException {
    if (manifest != null) {
      throw new MalformedException("a push has one manifest, as its first message");
    }
    manifest = pushed;
    for (Manifest.File file : pushed.manifest().files()) {
      staged.add(models.stage(pushed, file));
    }
  }

  private void write(ByteBuffer piece) throws MalformedException, IOException {
    if (manifest == null) {
      throw new MalformedException("the first message of a push is its manifest");
    }
    for (BlobWriter file : staged) {
      long room = file.file().bytes() - file.written();
      if (room > 0 && piece.hasRemaining()) {
        int taken = (int) Math.min(room, piece.remaining());
        file.write(piece.slice().limit(taken));
        piece.position(piece.position() + taken);
      }
    }
    if (piece.hasRemaining()) {
      throw new MalformedException("more bytes than the manifest's files have");
    }
  }

  @Override
  public void onError(Throwable error) {
    abort();
  }

  @Override
  public void onCompleted() {
    if (ended) {
      return;
    }
    SignedManifest pushed = manifest;
    if (pushed == null) {
      refuse(Status.INVALID_ARGUMENT.withDescription("a push without a manifest").asException());
      return;
    }
    ended = true;
    PushModelResponse accepted =
        PushModelResponse.newBuilder()
            .setManifestId(pushed.id().toString())
            .setName(pushed.manifest().name())
            .setVersion(pushed.manifest().version())
            .build();
    Outcomes.answer(models.importModel(pushed, staged), done -> accepted, observer);
  }

  private void refuse(StatusException status) {
    abort();
    observer.onError(status);
  }

  private void abort() {
    if (ended) {
      return;
    }
    ended = true;
    for (BlobWriter file : staged) {
      try {
        file.abort();
      } catch (IOException e) {
        log.warn("cannot delete an unfinished file", e);
      }
    }
  }
}
