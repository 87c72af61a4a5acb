// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.rhizome.node.access.Access;
import io.rhizome.node.access.Caller;
import io.rhizome.node.access.Door;
import io.rhizome.node.access.Role;
import io.rhizome.node.access.TestPolicy;
import io.rhizome.node.identity.AdminGuard;
import io.rhizome.node.identity.Admits;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.OperatorProofs;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.protocol.inference.RepositoryModelLoadRequest;
import io.rhizome.node.protocol.inference.ServerLiveRequest;
import io.rhizome.node.protocol.inference.ServerLiveResponse;
import io.rhizome.node.protocol.inference.ServerMetadataRequest;
import io.rhizome.node.protocol.inference.ServerMetadataResponse;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.GetPolicyRequest;
import io.rhizome.v1.LoadModelRequest;
import io.rhizome.v1.PolicyServiceGrpc;
import io.rhizome.v1.StatusRequest;
import io.rhizome.v1.StatusResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets through the public gRPC port where clients need keys. */
class AccessGuardTest {
  private static final Metadata.Key<byte[]> OPERATOR =
      Metadata.Key.of("rhizome-operator-bin", Metadata.BINARY_BYTE_MARSHALLER);

  @TempDir Path dir;
  private final TestPolicy policy = new TestPolicy(0);
  private final AtomicReference<@Nullable Caller> inferred = new AtomicReference<>();
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    Identity identity = Identity.loadOrCreate(dir.resolve("node.key"));
    Roster roster =
        new Roster(List.of(Roster.Entry.of("node-1", identity, new TreeMap<>())), List.of());
    Access access = Access.over(policy.store(), "eu", System::nanoTime, System::currentTimeMillis);
    OperatorProofs proofs =
        new OperatorProofs(identity.nodeId(), Admits.of(roster), System::nanoTime);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Inference())
            .addService(new Admin())
            .addService(
                new PolicyService(
                    "mesh",
                    policy.store(),
                    new Recoveries(
                        Optional::empty,
                        epoch ->
                            CompletableFuture.failedFuture(
                                new UnsupportedOperationException("nobody recovers here")))))
            .intercept(new AccessGuard(new Door(access, true), new AdminGuard(proofs)))
            .build()
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  private final class Inference extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> out) {
      out.onNext(ServerLiveResponse.getDefaultInstance());
      out.onCompleted();
    }

    @Override
    public void serverMetadata(
        ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> out) {
      out.onNext(ServerMetadataResponse.getDefaultInstance());
      out.onCompleted();
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> out) {
      inferred.set(AccessGuard.CALLER.get());
      out.onNext(ModelInferResponse.getDefaultInstance());
      out.onCompleted();
    }
  }

  private static final class Admin extends AdminServiceGrpc.AdminServiceImplBase {
    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
      out.onNext(StatusResponse.getDefaultInstance());
      out.onCompleted();
    }
  }

  private GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub inference(
      @Nullable String key) {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(key)));
  }

  private AdminServiceGrpc.AdminServiceBlockingStub admin(@Nullable String key) {
    return AdminServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(key)));
  }

  private static Metadata headers(@Nullable String key) {
    Metadata headers = new Metadata();
    if (key != null) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    }
    return headers;
  }

  private static void refused(Status.Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  @Test
  void withoutAKeyNothingButLivenessAnswers() {
    assertThat(inference(null).serverLive(ServerLiveRequest.getDefaultInstance())).isNotNull();
    refused(
        Status.Code.UNAUTHENTICATED,
        () -> inference(null).serverMetadata(ServerMetadataRequest.getDefaultInstance()));
    refused(
        Status.Code.UNAUTHENTICATED,
        () -> inference(null).modelInfer(ModelInferRequest.getDefaultInstance()));
    refused(
        Status.Code.UNAUTHENTICATED, () -> admin(null).status(StatusRequest.getDefaultInstance()));
  }

  @Test
  void aClientsKeyInfersAndTheServiceKnowsForWhom() {
    String key = policy.key("acme", Role.CLIENT);

    assertThat(inference(key).modelInfer(ModelInferRequest.getDefaultInstance())).isNotNull();
    assertThat(inferred.get()).isEqualTo(new Caller("acme", "eu", Role.CLIENT));
    refused(
        Status.Code.PERMISSION_DENIED, () -> admin(key).status(StatusRequest.getDefaultInstance()));
  }

  @Test
  void aViewersKeyLooksAndChangesNothing() {
    String key = policy.key("acme", Role.VIEWER);

    assertThat(admin(key).status(StatusRequest.getDefaultInstance())).isNotNull();
    assertThat(
            PolicyServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(key)))
                .getPolicy(GetPolicyRequest.getDefaultInstance())
                .hasNext())
        .isTrue();
    refused(
        Status.Code.PERMISSION_DENIED,
        () -> inference(key).modelInfer(ModelInferRequest.getDefaultInstance()));
    refused(
        Status.Code.PERMISSION_DENIED,
        () -> inference(key).repositoryModelLoad(RepositoryModelLoadRequest.getDefaultInstance()));
    refused(
        Status.Code.UNAUTHENTICATED,
        () -> admin(key).loadModel(LoadModelRequest.getDefaultInstance()).hasNext());
  }

  @Test
  void aClaimToBeAnOperatorOpensNoInferenceAndIsCheckedElsewhere() {
    Metadata claim = new Metadata();
    claim.put(OPERATOR, new byte[32]);
    var attached = MetadataUtils.newAttachHeadersInterceptor(claim);

    refused(
        Status.Code.UNAUTHENTICATED,
        () ->
            inference(null)
                .withInterceptors(attached)
                .modelInfer(ModelInferRequest.getDefaultInstance()));
    refused(
        Status.Code.UNAUTHENTICATED,
        () -> admin(null).withInterceptors(attached).status(StatusRequest.getDefaultInstance()));
  }

  @Test
  void tooManyWrongKeysAreToldToWait() {
    String wrong = "rzk1.aaaaaaaaaaaaaaaa." + "A".repeat(43);
    AtomicReference<Status.Code> last = new AtomicReference<>(Status.Code.UNAUTHENTICATED);
    for (int i = 0; i < 100 && last.get() == Status.Code.UNAUTHENTICATED; i++) {
      assertThatThrownBy(
              () -> inference(wrong).serverMetadata(ServerMetadataRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class, e -> last.set(e.getStatus().getCode()));
    }
    assertThat(last.get()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }
}
