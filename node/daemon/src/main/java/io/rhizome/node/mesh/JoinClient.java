// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.rhizome.gossip.Endpoint;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.JoinChallengeRequest;
import io.rhizome.mesh.v1.JoinRequest;
import io.rhizome.mesh.v1.JoinResponse;
import io.rhizome.mesh.v1.JoinSeed;
import io.rhizome.mesh.v1.JoinServiceGrpc;
import io.rhizome.mesh.v1.JoinStatement;
import io.rhizome.mesh.v1.JoinToken;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.identity.admission.Admissions;
import io.rhizome.node.identity.admission.TokenKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Asks a mesh to let this node in. Blocks; used by one thread. */
public final class JoinClient {
  private static final int ROUNDS = 4;
  private static final long PAUSE_MILLIS = 500;
  private static final long CALL_SECONDS = 10;
  private static final int MAX_MESSAGE_BYTES = 32 << 20;

  private final Identity self;
  private final MeshTls tls;
  private final JoinToken token;

  /** A client that shows that token. */
  public JoinClient(Identity self, JoinToken token) {
    this.self = self;
    this.tls = new MeshTls(self, Admissions.NONE);
    this.token = token;
  }

  /**
   * Asks the token's seeds in turn, a few times.
   *
   * @param labels those that policy depends on, of what the token allows
   * @param progress told in words whom it asks, and who does not answer
   * @throws IOException that says what each seed answered, or what the mesh has against it
   */
  public JoinResponse join(String name, Map<String, String> labels, Consumer<String> progress)
      throws IOException {
    List<String> answers = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      answers.clear();
      if (round > 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
      }
      for (JoinSeed seed : token.getSeedsList()) {
        progress.accept("asking " + seed.getAddress());
        try {
          return ask(seed, name, labels);
        } catch (StatusRuntimeException e) {
          String why = reason(e);
          if (isFinal(e.getStatus())) {
            throw new IOException(seed.getAddress() + " refuses: " + why, e);
          }
          progress.accept(seed.getAddress() + ": " + why);
          answers.add(seed.getAddress() + ": " + why);
        }
      }
    }
    throw new IOException("none of the token's seeds lets this node in: " + answers);
  }

  /** Whether no other seed would answer otherwise. */
  private static boolean isFinal(Status status) {
    return switch (status.getCode()) {
      case PERMISSION_DENIED, INVALID_ARGUMENT ->
          !String.valueOf(status.getDescription()).startsWith("there is no such token");
      default -> false;
    };
  }

  private static String reason(StatusRuntimeException e) {
    Throwable cause = e.getStatus().getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null || cause.getMessage() == null
        ? String.valueOf(e.getStatus().getDescription())
        : cause.getMessage();
  }

  private JoinResponse ask(JoinSeed seed, String name, Map<String, String> labels)
      throws IOException {
    Endpoint address = Endpoint.parse(seed.getAddress());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port())
            .sslContext(tls.client(NodeId.of(seed.getNode().toByteArray())))
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .disableRetry()
            .build();
    try {
      var stub =
          JoinServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
      ByteString nonce = stub.challenge(JoinChallengeRequest.getDefaultInstance()).getNonce();
      byte[] statement =
          JoinStatement.newBuilder()
              .setMesh(token.getMesh())
              .setNode(ByteString.copyFrom(self.nodeId().bytes()))
              .setSeed(seed.getNode())
              .setNonce(nonce)
              .setName(name)
              .putAllLabels(labels)
              .build()
              .toByteArray();
      TokenKey key = new TokenKey(token.getSecret().toByteArray());
      return stub.join(
          JoinRequest.newBuilder()
              .setStatement(ByteString.copyFrom(statement))
              .setSignature(ByteString.copyFrom(key.sign(statement)))
              .setTokenId(key.id())
              .build());
    } finally {
      channel.shutdownNow();
    }
  }
}
