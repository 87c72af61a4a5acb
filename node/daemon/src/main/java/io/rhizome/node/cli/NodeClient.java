// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.identity.OperatorProof;
import io.rhizome.node.protocol.inference.GRPCInferenceServiceGrpc;
import io.rhizome.v1.AdminServiceGrpc;
import io.rhizome.v1.ChallengeRequest;
import io.rhizome.v1.JobServiceGrpc;
import io.rhizome.v1.PolicyServiceGrpc;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** A connection to one node's public port. Used by one thread. */
final class NodeClient implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 1 << 30;
  private static final long READ_SECONDS = 10;
  private static final long HEALTH_SECONDS = 3;

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final NodeAddress address;
  private final Credentials credentials;
  private final ManagedChannel channel;

  /** A connection to that address. */
  NodeClient(NodeAddress address, Credentials credentials) {
    this.address = address;
    this.credentials = credentials;
    Metadata headers = new Metadata();
    if (!credentials.apiKey().isEmpty()) {
      headers.put(AUTHORIZATION, "Bearer " + credentials.apiKey());
    }
    this.channel =
        secured(
                NettyChannelBuilder.forAddress(
                    address.endpoint().host(), address.endpoint().port()))
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .intercept(new SayWhere(), MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
  }

  private NettyChannelBuilder secured(NettyChannelBuilder builder) {
    NodeId key = address.key();
    if (key == null) {
      return builder.usePlaintext();
    }
    try {
      return builder.sslContext(MeshTls.publicClient(key, credentials.client()));
    } catch (SSLException e) {
      throw new IllegalStateException("this machine cannot do TLS 1.3", e);
    }
  }

  NodeAddress address() {
    return address;
  }

  /** For one call that only reads: it ends within seconds. */
  AdminServiceGrpc.AdminServiceBlockingStub admin() {
    Identity operator = credentials.operator();
    return operator == null ? reading() : reading().withInterceptors(proof(operator));
  }

  private AdminServiceGrpc.AdminServiceBlockingStub reading() {
    return AdminServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(READ_SECONDS, TimeUnit.SECONDS);
  }

  /** For the one call that comes next. */
  private OperatorProof proof(Identity by) {
    return new OperatorProof(by, reading().challenge(ChallengeRequest.getDefaultInstance()));
  }

  /** For a health check: it ends within a moment. */
  HealthGrpc.HealthBlockingStub health() {
    return HealthGrpc.newBlockingStub(channel).withDeadlineAfter(HEALTH_SECONDS, TimeUnit.SECONDS);
  }

  /** For inference; the caller sets the deadline. */
  GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub inference() {
    return GRPCInferenceServiceGrpc.newBlockingStub(channel);
  }

  /** For one call that changes something; ends when the node ends it. */
  AdminServiceGrpc.AdminServiceBlockingV2Stub proven(Identity by) {
    return AdminServiceGrpc.newBlockingV2Stub(channel).withInterceptors(proof(by));
  }

  /** For policy's open calls: they end within seconds. */
  PolicyServiceGrpc.PolicyServiceBlockingStub policy() {
    return PolicyServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(READ_SECONDS, TimeUnit.SECONDS);
  }

  /** For one call that reads all of policy. */
  PolicyServiceGrpc.PolicyServiceBlockingStub provenPolicy(Identity by) {
    return policy().withInterceptors(proof(by));
  }

  /** For one call about jobs that ends within seconds. */
  JobServiceGrpc.JobServiceBlockingStub jobs() {
    return JobServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(READ_SECONDS, TimeUnit.SECONDS);
  }

  /** For jobs that are sent, watched or read: ends when the node ends it. */
  JobServiceGrpc.JobServiceBlockingV2Stub jobStreams() {
    return JobServiceGrpc.newBlockingV2Stub(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** Turns a failure to connect into a line that names the node and the cure. */
  private final class SayWhere implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                  super.onClose(explain(status), trailers);
                }
              },
              headers);
        }
      };
    }

    private Status explain(Status status) {
      Throwable cause = status.getCause();
      if (status.getCode() == Status.Code.UNAVAILABLE && cause != null) {
        String reason =
            Complaint.find(cause, ConnectException.class) != null
                    || Complaint.find(cause, UnknownHostException.class) != null
                ? "; is the node up? start it with: rhizome up DIR"
                : "; the connection broke: " + cause.getMessage();
        return status.withDescription("cannot reach " + address + reason);
      }
      if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
        return status.withDescription("no answer from " + address + " in time");
      }
      return status;
    }
  }
}
