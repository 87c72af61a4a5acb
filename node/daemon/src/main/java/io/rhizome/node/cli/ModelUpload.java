// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.models.ManifestJson;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.v1.PushModelRequest;
import io.rhizome.v1.PushModelResponse;
import io.rhizome.v1.SignedManifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Streams one signed model to a node, no faster than the node takes it. */
final class ModelUpload {
  private static final int CHUNK_BYTES = 256 << 10;

  private final NodeClient client;
  private final Identity operator;
  private final ProgressBar bar;

  ModelUpload(NodeClient client, Identity operator, PrintWriter err) {
    this.bar = ProgressBar.on(err);
    this.client = client;
    this.operator = operator;
  }

  /** Sends the manifest, then the files' bytes in its order; returns the node's answer. */
  PushModelResponse send(Manifest manifest, List<Path> files)
      throws IOException, StatusException, InterruptedException {
    BlockingClientCall<PushModelRequest, PushModelResponse> call =
        client.proven(operator).pushModel();
    // False where the node has refused already: read() then throws its reason.
    boolean open = call.write(PushModelRequest.newBuilder().setManifest(signed(manifest)).build());
    long total = manifest.files().stream().mapToLong(Manifest.File::bytes).sum();
    long sent = 0;
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] chunk = in.readNBytes(CHUNK_BYTES);
        while (open && chunk.length > 0) {
          ByteString bytes = ByteString.copyFrom(chunk);
          open = call.write(PushModelRequest.newBuilder().setChunk(bytes).build());
          sent += chunk.length;
          bar.show(sent, total, "");
          chunk = in.readNBytes(CHUNK_BYTES);
        }
      }
    }
    if (open) {
      call.halfClose();
    }
    PushModelResponse answer = call.read();
    if (answer == null) {
      throw new IOException("the node ended the call without an answer");
    }
    return answer;
  }

  private SignedManifest signed(Manifest manifest) {
    byte[] json = ManifestJson.encode(manifest);
    byte[] message = io.rhizome.store.SignedManifest.signedBytes(Digest.sha256(json));
    return SignedManifest.newBuilder()
        .setManifest(ByteString.copyFrom(json))
        .setSigner(ByteString.copyFrom(operator.nodeId().bytes()))
        .setSignature(ByteString.copyFrom(operator.sign(message)))
        .build();
  }
}
