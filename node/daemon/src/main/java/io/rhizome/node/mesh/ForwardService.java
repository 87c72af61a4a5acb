// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.ForwardServiceGrpc;
import io.rhizome.mesh.v1.GetLoadRequest;
import io.rhizome.mesh.v1.GetLoadResponse;
import io.rhizome.node.access.Access;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.HopReport.Outcome;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.RawMessages;
import io.rhizome.node.protocol.RawUnary;
import io.rhizome.node.protocol.RequestHead;
import io.rhizome.node.serving.Arrival;
import io.rhizome.node.serving.GrpcReply;
import io.rhizome.node.serving.Serving;
import io.rhizome.node.serving.ServingError;
import io.rhizome.scheduler.Load;
import io.rhizome.scheduler.Priority;
import io.rhizome.scheduler.Request;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The mesh's door for requests: what a peer forwards is checked against what it says of it, and
 * then takes the same road as a client's.
 */
final class ForwardService {
  private final NodeId self;
  private final Access access;
  private final Serving serving;
  private final EventLoops loops;
  private final long maxBudgetNanos;

  /**
   * A door to this serving.
   *
   * @param maxBudgetNanos no peer can make a request live longer than this
   */
  ForwardService(
      NodeId self, Access access, Serving serving, EventLoops loops, long maxBudgetNanos) {
    this.self = self;
    this.access = access;
    this.serving = serving;
    this.loops = loops;
    this.maxBudgetNanos = maxBudgetNanos;
  }

  ServerServiceDefinition definition() {
    ServiceDescriptor descriptor =
        ServiceDescriptor.newBuilder(ForwardServiceGrpc.SERVICE_NAME)
            .addMethod(RawMessages.FORWARD_INFER)
            .addMethod(ForwardServiceGrpc.getGetLoadMethod())
            .build();
    return ServerServiceDefinition.builder(descriptor)
        .addMethod(RawMessages.FORWARD_INFER, new RawUnary(this::serve))
        .addMethod(ForwardServiceGrpc.getGetLoadMethod(), ServerCalls.asyncUnaryCall(this::getLoad))
        .build();
  }

  private void getLoad(GetLoadRequest request, StreamObserver<GetLoadResponse> observer) {
    Load load = serving.load();
    GetLoadResponse.Builder answer =
        GetLoadResponse.newBuilder()
            .setInFlight(load.inFlight())
            .setLimit(load.limit())
            .setQueueNanos(load.queueNanos())
            .setServiceNanos(load.serviceNanos());
    HopReport.Word word = serving.word(request.getRouter(), request.getModel());
    if (word != null) {
      answer.setWord(word.bytes());
    }
    observer.onNext(answer.build());
    observer.onCompleted();
  }

  private Runnable serve(byte[] message, Metadata headers, ServerCall<byte[], InputStream> call) {
    long arrived = System.nanoTime();
    HopMetadata hop;
    try {
      hop = check(message, headers, PeerIdentity.of(call));
      access.recheck(hop.tenant(), hop.model());
    } catch (AccessException e) {
      ServingError error = ServingError.of(e);
      call.close(
          Status.fromCode(error.code().grpc()).withDescription(error.message()),
          trailers(error.code().outcome(), arrived, error.retryNanos()));
      return () -> {};
    } catch (MalformedException e) {
      call.close(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()),
          trailers(Outcome.FINAL, arrived, 0));
      return () -> {};
    }
    long budget = Math.min(TimeUnit.MICROSECONDS.toNanos(hop.budgetMicros()), maxBudgetNanos);
    Request request =
        new Request(
            hop.model(),
            hop.version(),
            message.length,
            new Request.Path(
                hop.visited(),
                hop.hopLimit(),
                Objects.equals(self, hop.target()) ? null : hop.target()),
            Priority.ofLevel(hop.priority()),
            new Request.Client(hop.tenant(), hop.origin(), ""),
            true);
    Cancellable running =
        serving.serve(
            new Arrival(
                message, request, arrived + budget, loops.timers(), serving.caller(headers)),
            new GrpcReply(call, error -> trailers(serving.report(request, error, arrived))));
    return running::cancel;
  }

  private HopMetadata check(byte[] message, Metadata headers, NodeId sender)
      throws MalformedException {
    byte[] value = headers.get(HopMetadata.KEY);
    if (value == null) {
      throw new MalformedException("a forwarded request needs " + HopMetadata.NAME);
    }
    HopMetadata hop = HopMetadata.decode(value);
    RequestHead head = RequestHead.scan(message);
    if (!head.modelName().equals(hop.model()) || head.version() != hop.version()) {
      throw new MalformedException(
          "the request asks for another model than " + HopMetadata.NAME + " says");
    }
    List<NodeId> visited = hop.visited();
    if (!visited.get(visited.size() - 1).equals(sender)) {
      throw new MalformedException(HopMetadata.NAME + ": the sender is not the last visited node");
    }
    if (visited.contains(self)) {
      throw new MalformedException(HopMetadata.NAME + ": the request was here before");
    }
    return hop;
  }

  private Metadata trailers(Outcome outcome, long arrivedNanos, long retryNanos) {
    return trailers(serving.report(outcome, arrivedNanos, retryNanos));
  }

  private static Metadata trailers(HopReport report) {
    Metadata trailers = new Metadata();
    trailers.put(HopReport.KEY, report.encode());
    return trailers;
  }
}
