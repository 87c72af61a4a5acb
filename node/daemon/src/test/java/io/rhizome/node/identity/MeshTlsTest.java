// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.rhizome.gossip.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshTlsTest {
  @TempDir Path dir;
  private Identity serving;
  private Identity calling;
  private Identity stranger;
  private Admitted roster;
  private Server server;
  private @Nullable ManagedChannel channel;
  private final AtomicReference<@Nullable SSLSession> session = new AtomicReference<>();

  @BeforeEach
  void startAServer() throws Exception {
    serving = Identity.loadOrCreate(dir.resolve("serving.key"));
    calling = Identity.loadOrCreate(dir.resolve("calling.key"));
    stranger = Identity.loadOrCreate(dir.resolve("stranger.key"));
    roster =
        Admits.of(
            new Roster(
                List.of(
                    Roster.Entry.of("serving", serving, new TreeMap<>()),
                    Roster.Entry.of("calling", calling, new TreeMap<>())),
                List.of()));
    server = start(serving);
  }

  @AfterEach
  void stopAll() throws Exception {
    if (channel != null) {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void admittedPeersTalkOverTls13AndTheServerKnowsWhoCalls() throws Exception {
    check(new MeshTls(calling, roster), serving.nodeId());

    SSLSession seen = Objects.requireNonNull(session.get());
    assertThat(MeshTls.peer(seen)).isEqualTo(calling.nodeId());
    assertThat(MeshTls.peer(seen)).isEqualTo(calling.nodeId());
    assertThat(seen.getProtocol()).isEqualTo("TLSv1.3");
    assertThat(seen.getCipherSuite()).isEqualTo("TLS_AES_128_GCM_SHA256");
  }

  @Test
  void usesBoringSslWhereItLoads() {
    assertThat(OpenSsl.isAvailable()).as("%s", OpenSsl.unavailabilityCause()).isTrue();
  }

  @Test
  void aStrangerProvesItsKeyToo() throws Exception {
    check(new MeshTls(stranger, roster), serving.nodeId());

    assertThat(MeshTls.peer(Objects.requireNonNull(session.get()))).isEqualTo(stranger.nodeId());
  }

  @Test
  void aPeerWithAnotherKeyThanExpectedIsRefusedWithAClearMessage() {
    assertThatThrownBy(() -> check(new MeshTls(calling, roster), stranger.nodeId()))
        .hasStackTraceContaining(
            "expected node "
                + stranger.nodeId().shortName()
                + " there, found "
                + serving.nodeId().shortName());
    assertThat(session.get()).isNull();
  }

  @Test
  void aServerThatIsNotAdmittedIsRefusedByItsCaller() throws Exception {
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server = start(stranger);

    assertThatThrownBy(() -> check(new MeshTls(calling, roster).clientOfAny()))
        .hasStackTraceContaining("is not admitted to this mesh");
  }

  @Test
  void plainTextGetsNothing() {
    ManagedChannel plain =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    channel = plain;

    assertThatThrownBy(() -> call(plain)).isInstanceOf(StatusRuntimeException.class);
    assertThat(session.get()).isNull();
  }

  private Server start(Identity identity) throws Exception {
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sslContext(new MeshTls(identity, roster).server())
        .addService(new HealthStatusManager().getHealthService())
        .intercept(new SessionCapture())
        .build()
        .start();
  }

  private void check(MeshTls tls, NodeId expected) throws Exception {
    check(tls.client(expected));
  }

  private void check(SslContext tls) {
    ManagedChannel opened =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).sslContext(tls).build();
    channel = opened;
    call(opened);
  }

  private static void call(ManagedChannel channel) {
    var unused =
        HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance());
  }

  /** Keeps the TLS session of the last call that reached the server. */
  private final class SessionCapture implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      SSLSession current = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      try {
        MeshTls.peer(current);
      } catch (SSLPeerUnverifiedException e) {
        throw new IllegalStateException(e);
      }
      session.set(current);
      return next.startCall(call, headers);
    }
  }
}
