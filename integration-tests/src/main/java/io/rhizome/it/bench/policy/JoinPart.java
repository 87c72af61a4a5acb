// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.rhizome.gossip.NodeId;
import io.rhizome.it.Checkout;
import io.rhizome.it.Digits;
import io.rhizome.it.KeyFile;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeClient;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.PortPlan;
import io.rhizome.it.bench.PinnedTls;
import io.rhizome.mesh.v1.GetMeshKeyRequest;
import io.rhizome.mesh.v1.JoinServiceGrpc;
import io.rhizome.v1.PolicyServiceGrpc;
import io.rhizome.v1.PolicyStatusRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** How long a node takes to join and serve, and how long a revoked one is still let in. */
final class JoinPart implements AutoCloseable {
  private static final int FIRST = 3;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(5);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final LocalMesh mesh;
  private final PortPlan ports;
  private final Digits digits;
  private final int joins;

  /** A mesh of three that all vote, one of which holds a model. */
  JoinPart(Checkout checkout, int joins) throws IOException, InterruptedException {
    this.joins = joins;
    this.digits = Digits.read(checkout.digitsTest());
    this.ports = PortPlan.free(FIRST + joins, new Random());
    this.mesh = LocalMesh.found(checkout, FIRST, List.of(), ports);
    try {
      mesh.startAll();
      mesh.awaitMembers();
      mesh.pushDigits(1);
      Awaitility.await().atMost(LIMIT).until(() -> voters() == FIRST);
    } catch (Throwable e) {
      mesh.close();
      throw e;
    }
  }

  private PolicyServiceGrpc.PolicyServiceBlockingStub policy(int i) {
    return PolicyServiceGrpc.newBlockingStub(mesh.client(i).channel())
        .withDeadlineAfter(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private long version(int i) {
    return policy(i).policyStatus(PolicyStatusRequest.getDefaultInstance()).getVersion();
  }

  private int voters() {
    return policy(1).policyStatus(PolicyStatusRequest.getDefaultInstance()).getVotersCount();
  }

  /** Of each node that joins: from the start of its process to its first answer, in seconds. */
  double[] joinSeconds() throws IOException, InterruptedException {
    String token = mesh.token(2, "--uses", Integer.toString(joins));
    double[] seconds = new double[joins];
    for (int k = 0; k < joins; k++) {
      long started = System.nanoTime();
      NodeProcess node = mesh.join(token);
      await(() -> listens(node.apiPort()));
      try (NodeClient client = new NodeClient(node.apiPort())) {
        await(() -> answers(client));
      }
      seconds[k] = (System.nanoTime() - started) / 1e9;
    }
    return seconds;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
          (int) CALL_LIMIT.toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean answers(NodeClient client) {
    try {
      return digits.isRight(0, client.infer(digits.rawRequest(0), CALL_LIMIT));
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /**
   * From the moment a quorum has the last joiner's revocation, as one of its nodes says, until the
   * slowest node has closed its connections and refuses new ones, in seconds.
   */
  double revokeSeconds() throws IOException, InterruptedException {
    NodeProcess revoked = mesh.nodes().get(mesh.nodes().size() - 1);
    KeyFile key = revoked.key();
    List<ManagedChannel> open = new ArrayList<>();
    try {
      for (int i = 1; i <= FIRST; i++) {
        ManagedChannel channel = channel(i, key);
        open.add(channel);
        await(() -> admitted(channel));
      }
      long before = version(2);
      Process command =
          mesh.startOperating(2, "revoke", revoked.name(), "--reason", "the benchmark is done");
      await(() -> version(2) > before);
      long acknowledged = System.nanoTime();
      for (ManagedChannel channel : open) {
        await(() -> channel.getState(false) != ConnectivityState.READY);
      }
      for (int i = 1; i <= FIRST; i++) {
        ManagedChannel again = channel(i, key);
        open.add(again);
        await(() -> !admitted(again));
      }
      double seconds = (System.nanoTime() - acknowledged) / 1e9;
      if (command.waitFor() != 0) {
        throw new IllegalStateException("the revocation failed");
      }
      return seconds;
    } finally {
      open.forEach(ManagedChannel::shutdownNow);
    }
  }

  private ManagedChannel channel(int i, KeyFile key) throws IOException {
    NodeId peer = mesh.node(i).key().id();
    return NettyChannelBuilder.forAddress("127.0.0.1", ports.mesh(i))
        .sslContext(PinnedTls.client(peer, key))
        .disableRetry()
        .build();
  }

  /** Whether it may call what only admitted nodes may. */
  private static boolean admitted(ManagedChannel channel) {
    try {
      return !JoinServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS)
          .getMeshKey(GetMeshKeyRequest.getDefaultInstance())
          .getKey()
          .isEmpty();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  private void await(BooleanSupplier condition) {
    long started = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - started > LIMIT.toNanos()) {
        throw new IllegalStateException("not within " + LIMIT + "\n" + mesh.logTails());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    mesh.close();
  }
}
