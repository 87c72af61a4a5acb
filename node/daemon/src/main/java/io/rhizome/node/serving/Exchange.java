// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.SynchronizationContext;
import io.grpc.protobuf.ProtoUtils;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.executor.Executor.Inference;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.Tensor;
import io.rhizome.node.models.Loaded;
import io.rhizome.node.protocol.HopMetadata;
import io.rhizome.node.protocol.HopReport;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.scheduler.Dispatch;
import io.rhizome.scheduler.DispatchError;
import io.rhizome.scheduler.Failure;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.Step;
import io.rhizome.store.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Drives one request's {@link Dispatch}: does what its steps say and tells it what came of them.
 *
 * <p>Everything that touches its state runs in its {@link SynchronizationContext}, one piece at a
 * time, on whichever thread brought the news. Each attempt has a number, so that news of an
 * abandoned attempt is recognised and dropped.
 */
final class Exchange implements Cancellable {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);
  private static final Marshaller<ModelInferResponse> RESPONSES =
      ProtoUtils.marshaller(ModelInferResponse.getDefaultInstance());

  private final Serving serving;
  private final Arrival arrival;
  private final Dispatch dispatch;
  private final Reply reply;
  private final Tracing.@Nullable Span span;
  private final long startedNanos;
  private final SynchronizationContext context =
      new SynchronizationContext((thread, error) -> onDefect(error));

  private @Nullable Cancellable timer;
  private @Nullable Cancellable running;
  private int attempt;
  private boolean ended;

  Exchange(Serving serving, Arrival arrival, Dispatch dispatch, Reply reply) {
    this.serving = serving;
    this.arrival = arrival;
    this.dispatch = dispatch;
    this.reply = reply;
    this.startedNanos = serving.clock.getAsLong();
    Tracing tracing = serving.tracing;
    this.span = tracing == null ? null : tracing.arrived(arrival.request(), arrival.caller());
  }

  void start() {
    context.execute(
        () -> {
          long now = startedNanos;
          long left = Math.max(0, arrival.deadlineNanos() - now);
          timer = arrival.timers().schedule(this::onDeadline, left);
          take(dispatch.start(now, serving.view.current(now)));
        });
  }

  @Override
  public void cancel() {
    context.execute(
        () -> end(new ServingError(ErrorCode.CANCELLED, "cancelled by the caller"), true));
  }

  private void onDeadline() {
    context.execute(
        () ->
            end(
                new ServingError(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "model '" + arrival.request().model() + "': the deadline passed"),
                true));
  }

  private void onDefect(Throwable error) {
    logged(
        () -> log.error("request for model '{}' met a defect", arrival.request().model(), error));
    context.execute(() -> end(new ServingError(ErrorCode.INTERNAL, "internal error"), true));
  }

  private void take(Step step) {
    attempt++;
    if (attempt > 1 && !(step instanceof Step.Fail)) {
      serving.counters.addRetry();
    }
    if (step instanceof Step.RunHere here) {
      runHere(here.version());
    } else if (step instanceof Step.Forward forward) {
      forward(forward);
    } else {
      end(toError(((Step.Fail) step).error()), false);
    }
  }

  private ServingError toError(DispatchError error) {
    Request request = arrival.request();
    ErrorCode code = ErrorCode.of(error.kind());
    // A model that the mesh has heard of is out of reach, not unknown.
    if (code == ErrorCode.UNKNOWN_MODEL
        && serving.view.isKnown(request.model(), request.version())) {
      code = ErrorCode.UNAVAILABLE;
    }
    return new ServingError(code, error.message());
  }

  private void runHere(long version) {
    Optional<Loaded> model = serving.models.ready(arrival.request().model(), version);
    if (model.isEmpty()) {
      failed(attempt, serving.self, new ServingError(ErrorCode.UNAVAILABLE, "just unloaded"));
      return;
    }
    Manifest manifest = model.get().manifest();
    RunTimer timing =
        new RunTimer(
            serving.counters.model(manifest.name(), manifest.version()), serving.clock, span);
    InferenceCodec.Decoded decoded;
    try {
      decoded = InferenceCodec.decode(arrival.message());
    } catch (MalformedException e) {
      ServingError error = new ServingError(ErrorCode.INVALID, String.valueOf(e.getMessage()));
      timing.failed(error);
      failed(attempt, serving.self, error);
      return;
    }
    Inference inference =
        new Inference(
            model.get().id(), decoded.inputs(), decoded.outputs(), arrival.deadlineNanos());
    timing.queued();
    LocalRun run = new LocalRun(attempt, manifest, decoded.id(), timing);
    Cancellable started = serving.executor.infer(inference, run);
    running = ended ? null : started;
  }

  private void forward(Step.Forward step) {
    Request onward = arrival.request().forwardedBy(serving.self);
    HopMetadata hop =
        new HopMetadata(
            TimeUnit.NANOSECONDS.toMicros(step.timeoutNanos()),
            onward.hopLimit(),
            onward.model(),
            onward.version(),
            onward.visited(),
            arrival.client().tenant(),
            arrival.client().origin());
    serving.counters.addHop();
    Tracing.Span below = span == null ? null : span.forward(serving.view.nameOf(step.to()));
    TraceContext trace = below == null ? null : below.context();
    RemoteRun run = new RemoteRun(attempt, step.to(), serving.clock.getAsLong(), below);
    Cancellable started = serving.forwarder.forward(step.to(), hop, arrival.message(), trace, run);
    running = ended ? null : started;
  }

  private void failed(int ofAttempt, NodeId at, ServingError error) {
    failed(ofAttempt, at, new Failure(error.code().failure(), error.message()), error);
  }

  private void failed(
      int ofAttempt, NodeId at, Failure failure, @Nullable ServingError peersWords) {
    if (ended || ofAttempt != attempt) {
      return;
    }
    running = null;
    serving.counters.addRejection(at.equals(serving.self), failure.kind());
    long now = serving.clock.getAsLong();
    Step step = dispatch.onFailure(now, serving.view.current(now), at, failure);
    if (failure.kind() == Failure.Kind.FINAL && peersWords != null) {
      end(peersWords, false);
    } else {
      take(step);
    }
  }

  private void end(ServingError error, boolean giveUp) {
    if (ended) {
      return;
    }
    Cancellable abandoned = running;
    finish();
    serving.counters.addFailed(error.code());
    logged(
        () ->
            log.debug(
                "request for model '{}' failed: {}: {}",
                arrival.request().model(),
                error.code(),
                error.message()));
    if (span != null) {
      span.fail(error.code() + ": " + error.message());
    }
    if (giveUp && abandoned != null) {
      abandoned.cancel();
    }
    reply.fail(error);
  }

  private void finish() {
    ended = true;
    running = null;
    serving.inFlightBytes.release(arrival.message().length);
    boolean fromClient = arrival.request().visited().isEmpty();
    serving.counters.addEnded(fromClient, serving.clock.getAsLong() - startedNanos);
    if (timer != null) {
      timer.cancel();
    }
  }

  private void answered(int ofAttempt, NodeId by, InputStream response) {
    if (ended || ofAttempt != attempt) {
      try {
        response.close();
      } catch (IOException e) {
        log.debug("could not close an abandoned response", e);
      }
      return;
    }
    finish();
    serving.counters.addAnswered(by.equals(serving.self));
    if (span != null) {
      span.end();
    }
    reply.answer(response);
  }

  /** Logs with the trace's id beside the line, if the request is traced. */
  private void logged(Runnable line) {
    if (span == null) {
      line.run();
      return;
    }
    MDC.put("trace_id", span.traceId());
    try {
      line.run();
    } finally {
      MDC.remove("trace_id");
    }
  }

  private String path() {
    return Stream.concat(arrival.request().visited().stream(), Stream.of(serving.self))
        .map(serving.view::nameOf)
        .collect(Collectors.joining(","));
  }

  private final class LocalRun implements Executor.Responses {
    private final int ofAttempt;
    private final Manifest model;
    private final String id;
    private final RunTimer timing;
    private @Nullable InputStream response;

    LocalRun(int ofAttempt, Manifest model, String id, RunTimer timing) {
      this.ofAttempt = ofAttempt;
      this.model = model;
      this.id = id;
      this.timing = timing;
    }

    @Override
    public void onStarted() {
      timing.started();
    }

    @Override
    public void onResponse(List<Tensor> outputs) {
      timing.ran();
      // ModelInfer is unary: of a stream of responses, the last one is the answer.
      response =
          RESPONSES.stream(
              InferenceCodec.encode(model, id, outputs, serving.view.nameOf(serving.self), path()));
    }

    @Override
    public void onCompleted() {
      InputStream answer = response;
      if (answer == null) {
        failedHere(new ServingError(ErrorCode.MODEL_FAILED, "the model gave no response"));
        return;
      }
      timing.answered();
      context.execute(() -> answered(ofAttempt, serving.self, answer));
    }

    @Override
    public void onFailed(InferenceException failure) {
      failedHere(
          new ServingError(ErrorCode.of(failure.code()), String.valueOf(failure.getMessage())));
    }

    private void failedHere(ServingError error) {
      timing.failed(error);
      context.execute(() -> failed(ofAttempt, serving.self, error));
    }
  }

  private final class RemoteRun implements Forwarder.Result {
    private final int ofAttempt;
    private final NodeId peer;
    private final long sentNanos;
    private final Tracing.@Nullable Span below;

    RemoteRun(int ofAttempt, NodeId peer, long sentNanos, Tracing.@Nullable Span below) {
      this.ofAttempt = ofAttempt;
      this.peer = peer;
      this.sentNanos = sentNanos;
      this.below = below;
    }

    @Override
    public void onAnswer(InputStream response, @Nullable HopReport report) {
      learn(report);
      if (below != null) {
        below.end();
      }
      context.execute(() -> answered(ofAttempt, peer, response));
    }

    @Override
    public void onFailure(ServingError error, @Nullable HopReport report) {
      learn(report);
      if (below != null) {
        below.fail(error.code() + ": " + error.message());
      }
      context.execute(() -> failed(ofAttempt, peer, doubted(error)));
    }

    /** A peer that calls the deadline passed while there is time left has merely refused. */
    private ServingError doubted(ServingError error) {
      boolean timeLeft = serving.clock.getAsLong() < arrival.deadlineNanos();
      return error.code() == ErrorCode.DEADLINE_EXCEEDED && timeLeft
          ? new ServingError(ErrorCode.UNAVAILABLE, "gave up early: " + error.message())
          : error;
    }

    @Override
    public void onBroken(String why) {
      if (below != null) {
        below.fail(why);
      }
      context.execute(
          () -> {
            // An attempt that was given up says nothing of the peer.
            if (!ended && ofAttempt == attempt) {
              serving.view.onBroken(peer, serving.clock.getAsLong());
              failed(ofAttempt, peer, new Failure(Failure.Kind.BROKEN, why), null);
            }
          });
    }

    private void learn(@Nullable HopReport report) {
      if (report != null) {
        serving.view.onReport(peer, serving.clock.getAsLong(), sentNanos, report);
      }
    }
  }
}
