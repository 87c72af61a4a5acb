// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rhizome.gossip.NodeId;
import io.rhizome.mesh.v1.ForwardServiceGrpc;
import io.rhizome.mesh.v1.GetLoadRequest;
import io.rhizome.mesh.v1.GetLoadResponse;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.RawMessages;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.Forwarder;
import io.rhizome.node.serving.ServingError;
import io.rhizome.node.serving.TraceContext;
import io.rhizome.scheduler.Load;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards over {@link MeshChannels}. The deadline is the caller's to keep: one timer per request
 * is enough.
 */
public final class GrpcForwarder implements Forwarder {
  private static final Logger log = LoggerFactory.getLogger(GrpcForwarder.class);

  /** A node that does not say how busy it is within this is not well. */
  private static final long ASK_MILLIS = 1_000;

  private final MeshChannels channels;

  /** A forwarder over these channels. */
  public GrpcForwarder(MeshChannels channels) {
    this.channels = channels;
  }

  @Override
  public Cancellable forward(
      NodeId to, HopMetadata hop, byte[] message, @Nullable TraceContext trace, Result result) {
    ManagedChannel channel = channels.to(to);
    if (channel == null) {
      result.onBroken("left the mesh", false);
      return () -> {};
    }
    // The client's gRPC context has a deadline and a cancellation of its own, which would end the
    // call behind the back of the one who keeps them here.
    Context clients = Context.ROOT.attach();
    try {
      Sent sent = new Sent();
      ClientCall<byte[], InputStream> call =
          channel.newCall(
              RawMessages.FORWARD_INFER, CallOptions.DEFAULT.withStreamTracerFactory(sent));
      Metadata headers = new Metadata();
      headers.put(HopMetadata.KEY, hop.encode());
      if (trace != null) {
        trace.putInto(headers);
      }
      call.start(new Attempt(result, sent), headers);
      call.request(2);
      call.sendMessage(message);
      call.halfClose();
      return () -> call.cancel("given up", null);
    } finally {
      Context.ROOT.detach(clients);
    }
  }

  @Override
  public void ask(NodeId peer, String model, String router, LoadAnswer answer) {
    ManagedChannel channel = channels.to(peer);
    if (channel == null) {
      answer.onSilence("left the mesh");
      return;
    }
    Asked asked = new Asked(router, answer);
    GetLoadRequest question = GetLoadRequest.newBuilder().setModel(model).setRouter(router).build();
    Context.ROOT.run(
        () ->
            ForwardServiceGrpc.newStub(channel)
                .withDeadlineAfter(ASK_MILLIS, TimeUnit.MILLISECONDS)
                .getLoad(question, asked));
  }

  private static final class Asked implements StreamObserver<GetLoadResponse> {
    private final String router;
    private final LoadAnswer answer;
    private boolean answered;

    Asked(String router, LoadAnswer answer) {
      this.router = router;
      this.answer = answer;
    }

    @Override
    public void onNext(GetLoadResponse load) {
      answered = true;
      answer.onLoad(
          new Load(
              load.getInFlight(), load.getLimit(), load.getQueueNanos(), load.getServiceNanos()),
          HopReport.Word.of(router, load.getWord()));
    }

    @Override
    public void onError(Throwable error) {
      if (!answered) {
        answer.onSilence(String.valueOf(error.getMessage()));
      }
    }

    @Override
    public void onCompleted() {
      if (!answered) {
        answer.onSilence("it said nothing");
      }
    }
  }

  /**
   * Whether a call got as far as a connection: before that, the peer cannot have seen any of it.
   */
  private static final class Sent extends ClientStreamTracer.Factory {
    private volatile boolean out;

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void outboundHeaders() {
          out = true;
        }
      };
    }
  }

  private static final class Attempt extends ClientCall.Listener<InputStream> {
    private final Result result;
    private final Sent sent;
    private @Nullable InputStream response;

    Attempt(Result result, Sent sent) {
      this.result = result;
      this.sent = sent;
    }

    @Override
    public void onMessage(InputStream message) {
      if (response == null) {
        response = message;
      } else {
        close(message);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      HopReport report = report(trailers);
      InputStream answer = response;
      if (status.isOk() && answer != null) {
        result.onAnswer(answer, report);
        return;
      }
      if (answer != null) {
        close(answer);
      }
      if (report == null && status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
        // Said by a transport on the way, this side's or the peer's: it would say so anywhere.
        result.onFailure(
            new ServingError(
                ErrorCode.TOO_LARGE, status.getDescription() + "; raise request.maxBytes"),
            null);
      } else if (report == null) {
        // The peer never spoke: what the transport says is all there is.
        result.onBroken(describe(status), sent.out);
      } else {
        String words = status.getDescription() == null ? "" : status.getDescription();
        result.onFailure(
            new ServingError(
                ErrorCode.ofPeer(report.outcome(), status.getCode()), words, report.retryNanos()),
            report);
      }
    }

    private static void close(InputStream unwanted) {
      try {
        unwanted.close();
      } catch (IOException e) {
        log.debug("could not close an unwanted response", e);
      }
    }

    private static String describe(Status status) {
      Throwable cause = status.getCause();
      String why = cause == null ? null : cause.getMessage();
      return status.getCode() + ": " + (why != null ? why : status.getDescription());
    }

    private static @Nullable HopReport report(Metadata trailers) {
      byte[] value = trailers.get(HopReport.KEY);
      if (value == null) {
        return null;
      }
      try {
        return HopReport.decode(value);
      } catch (MalformedException e) {
        log.warn("a peer sent a report that cannot be read: {}", e.getMessage());
        return null;
      }
    }
  }
}
