// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.v1.AdminServiceGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A client of one node's public port that never retries: what fails there fails here. Plain text.
 * Thread-safe.
 */
public final class NodeClient implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final ManagedChannel channel;

  /** To a port on loopback; connects when first used. */
  public NodeClient(int port) {
    this("127.0.0.1", port);
  }

  /** Connects when first used. */
  public NodeClient(String host, int port) {
    this.channel =
        NettyChannelBuilder.forAddress(host, port)
            .usePlaintext()
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
  }

  /** Inference calls that end by a deadline from now. */
  public GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub inference(Duration deadline) {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** One inference call. */
  public ModelInferResponse infer(ModelInferRequest request, Duration deadline) {
    return inference(deadline).modelInfer(request);
  }

  /** Admin calls that end by a deadline from now; they carry no proof. */
  public AdminServiceGrpc.AdminServiceBlockingStub admin(Duration deadline) {
    return AdminServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Health checks that end by a deadline from now. */
  public HealthGrpc.HealthBlockingStub health(Duration deadline) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The connection itself, for calls that have no stub here. */
  public ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
