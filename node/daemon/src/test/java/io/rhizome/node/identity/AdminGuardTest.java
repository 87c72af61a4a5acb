// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.ChallengeRequest;
import io.rhizome.v1.ChallengeResponse;
import io.rhizome.v1.PushModelRequest;
import io.rhizome.v1.PushModelResponse;
import io.rhizome.v1.StatusRequest;
import io.rhizome.v1.StatusResponse;
import io.rhizome.v1.UnloadModelRequest;
import io.rhizome.v1.UnloadModelResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminGuardTest {
  private static final UnloadModelRequest UNLOAD =
      UnloadModelRequest.newBuilder().setName("digits").build();

  @TempDir Path dir;
  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger handled = new AtomicInteger();
  private Identity node;
  private Identity operator;
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void startANode() throws Exception {
    node = Identity.loadOrCreate(dir.resolve("node.key"));
    operator = Identity.loadOrCreate(dir.resolve("operator.key"));
    Roster roster =
        new Roster(
            List.of(Roster.Entry.of("node-1", node, new TreeMap<>())),
            List.of(Roster.Entry.of("operator", operator, new TreeMap<>())));
    OperatorProofs proofs = new OperatorProofs(node.nodeId(), Admits.of(roster), now::get);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Admin(proofs))
            .intercept(new AdminGuard(proofs))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stopAll() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void readingNeedsNoProof() {
    assertThat(admin().status(StatusRequest.getDefaultInstance()).getName()).isEqualTo("node-1");
  }

  @Test
  void changingNeedsAProofAndSaysWhatToPass() {
    assertThatThrownBy(() -> admin().unloadModel(UNLOAD))
        .hasMessageContaining("UNAUTHENTICATED")
        .hasMessageContaining("--operator-key");
    assertThat(handled).hasValue(0);
  }

  @Test
  void anOperatorGetsThroughOncePerNonce() {
    OperatorProof proof = new OperatorProof(operator, challenge());

    var answer = admin().withInterceptors(proof).unloadModel(UNLOAD);

    assertThat(answer.getUnloaded()).isEqualTo(1);
    assertThatThrownBy(() -> admin().withInterceptors(proof).unloadModel(UNLOAD))
        .hasMessageContaining("UNAUTHENTICATED")
        .hasMessageContaining("used before");
    assertThat(handled).hasValue(1);
  }

  @Test
  void aNonceExpiresAfterAMinute() {
    OperatorProof proof = new OperatorProof(operator, challenge());
    now.addAndGet(TimeUnit.SECONDS.toNanos(61));

    assertThatThrownBy(() -> admin().withInterceptors(proof).unloadModel(UNLOAD))
        .hasMessageContaining("older than a minute");
  }

  @Test
  void aKeyThatIsNoOperatorsIsDenied() {
    OperatorProof proof = new OperatorProof(node, challenge());

    assertThatThrownBy(() -> admin().withInterceptors(proof).unloadModel(UNLOAD))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
  }

  @Test
  void aNonceThatThisNodeDidNotGiveIsRefused() {
    ChallengeResponse forged =
        challenge().toBuilder().setNonce(ByteString.copyFrom(new byte[40])).build();

    assertThatThrownBy(
            () -> admin().withInterceptors(new OperatorProof(operator, forged)).unloadModel(UNLOAD))
        .hasMessageContaining("not from this node");
  }

  @Test
  void aProofForAnotherNodeOrMethodOrMessageIsRefused() throws Exception {
    Identity other = Identity.loadOrCreate(dir.resolve("other.key"));
    byte[] nonce = challenge().getNonce().toByteArray();
    String method = AdminServiceGrpc.getUnloadModelMethod().getFullMethodName();
    byte[] body = UNLOAD.toByteArray();
    Roster roster =
        new Roster(List.of(), List.of(Roster.Entry.of("operator", operator, new TreeMap<>())));
    OperatorProofs proofs = new OperatorProofs(node.nodeId(), Admits.of(roster), now::get);
    byte[] own = proofs.issueNonce();

    for (byte[] message :
        List.of(
            OperatorProofs.message(method, other.nodeId(), own, body),
            OperatorProofs.message("rhizome.v1.AdminService/LoadModel", node.nodeId(), own, body),
            OperatorProofs.message(method, node.nodeId(), nonce, body),
            OperatorProofs.message(method, node.nodeId(), own, new byte[] {1}))) {
      Status status =
          proofs.verify(method, own, operator.nodeId().bytes(), operator.sign(message), body);
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }
  }

  @Test
  void aStreamIsCheckedByItsFirstMessageAndThenFlows() throws Exception {
    OperatorProof proof = new OperatorProof(operator, challenge());
    CompletableFuture<PushModelResponse> answer = new CompletableFuture<>();

    StreamObserver<PushModelRequest> stream =
        AdminServiceGrpc.newStub(channel).withInterceptors(proof).pushModel(complete(answer));
    for (int i = 0; i < 20; i++) {
      stream.onNext(
          PushModelRequest.newBuilder().setChunk(ByteString.copyFrom(new byte[1000])).build());
    }
    stream.onCompleted();

    assertThat(answer.get(10, TimeUnit.SECONDS).getVersion()).isEqualTo(20);
  }

  @Test
  void aStreamWithoutAProofNeverReachesItsHandler() {
    CompletableFuture<PushModelResponse> answer = new CompletableFuture<>();

    AdminServiceGrpc.newStub(channel)
        .pushModel(complete(answer))
        .onNext(PushModelRequest.getDefaultInstance());

    assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
        .hasMessageContaining("UNAUTHENTICATED");
    assertThat(handled).hasValue(0);
  }

  private AdminServiceGrpc.AdminServiceBlockingStub admin() {
    return AdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  private ChallengeResponse challenge() {
    return admin().challenge(ChallengeRequest.getDefaultInstance());
  }

  private static <T> StreamObserver<T> complete(CompletableFuture<T> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        answer.complete(value);
      }

      @Override
      public void onError(Throwable failure) {
        answer.completeExceptionally(failure);
      }

      @Override
      public void onCompleted() {}
    };
  }

  /** A node that counts what reached its handlers. */
  private final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
    private final OperatorProofs proofs;

    Admin(OperatorProofs proofs) {
      this.proofs = proofs;
    }

    @Override
    public void challenge(ChallengeRequest request, StreamObserver<ChallengeResponse> out) {
      out.onNext(
          ChallengeResponse.newBuilder()
              .setNonce(ByteString.copyFrom(proofs.issueNonce()))
              .setNodeId(ByteString.copyFrom(proofs.self().bytes()))
              .build());
      out.onCompleted();
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
      out.onNext(StatusResponse.newBuilder().setName("node-1").build());
      out.onCompleted();
    }

    @Override
    public void unloadModel(UnloadModelRequest request, StreamObserver<UnloadModelResponse> out) {
      out.onNext(UnloadModelResponse.newBuilder().setUnloaded(handled.incrementAndGet()).build());
      out.onCompleted();
    }

    @Override
    public StreamObserver<PushModelRequest> pushModel(StreamObserver<PushModelResponse> out) {
      handled.incrementAndGet();
      return new StreamObserver<>() {
        private int messages;

        @Override
        public void onNext(PushModelRequest value) {
          messages++;
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          out.onNext(PushModelResponse.newBuilder().setVersion(messages).build());
          out.onCompleted();
        }
      };
    }
  }
}
