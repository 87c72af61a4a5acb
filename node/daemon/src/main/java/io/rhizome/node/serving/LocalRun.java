// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.protobuf.ProtoUtils;
import io.rhizome.node.executor.Executor;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.executor.Executor.Inference;
import io.rhizome.node.executor.InferenceException;
import io.rhizome.node.executor.Tensor;
import io.rhizome.node.models.Loaded;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.scheduler.Request;
import io.rhizome.scheduler.admission.Ticket;
import io.rhizome.store.Manifest;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on this node's own executor: through the gate, run, and encoded.
 *
 * <p>Exactly one method of its {@link End} is called, unless it is cancelled: then one may be. Any
 * thread.
 */
final class LocalRun implements Gate.Run, Executor.Responses, Cancellable {
  private static final Marshaller<ModelInferResponse> RESPONSES =
      ProtoUtils.marshaller(ModelInferResponse.getDefaultInstance());

  /** How it ended. */
  interface End {
    void answered(InputStream response);

    void failed(ServingError error);
  }

  private final Serving serving;
  private final Manifest model;
  private final InferenceCodec.Decoded decoded;
  private final Inference inference;
  private final String path;
  private final RunTimer timing;
  private final End end;
  private final Ticket<Gate.Run> ticket;
  private @Nullable InputStream response;
  private @Nullable Cancellable running;
  private boolean cancelled;

  private LocalRun(
      Serving serving,
      Arrival arrival,
      Loaded model,
      InferenceCodec.Decoded decoded,
      String path,
      RunTimer timing,
      End end) {
    this.serving = serving;
    this.model = model.manifest();
    this.decoded = decoded;
    this.inference =
        new Inference(model.id(), decoded.inputs(), decoded.outputs(), arrival.deadlineNanos());
    this.path = path;
    this.timing = timing;
    this.end = end;
    Request request = arrival.request();
    this.ticket =
        new Ticket<>(
            request.model(),
            request.client().tenant(),
            request.priority(),
            arrival.deadlineNanos(),
            this);
  }

  /**
   * Begins an attempt.
   *
   * @param path who passed it, for the answer to tell
   */
  static Cancellable begin(
      Serving serving,
      Arrival arrival,
      long version,
      String path,
      Tracing.@Nullable Span span,
      End end) {
    Optional<Loaded> model = serving.models.ready(arrival.request().model(), version);
    if (model.isEmpty()) {
      end.failed(new ServingError(ErrorCode.UNAVAILABLE, "just unloaded"));
      return () -> {};
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
      end.failed(error);
      return () -> {};
    }
    LocalRun run = new LocalRun(serving, arrival, model.get(), decoded, path, timing, end);
    timing.queued();
    serving.gate.offer(run.ticket);
    return run;
  }

  @Override
  public void run() {
    Cancellable started = serving.executor.infer(inference, this);
    synchronized (this) {
      running = started;
      if (!cancelled) {
        return;
      }
    }
    started.cancel();
  }

  @Override
  public void refused(String why, long retryNanos) {
    fail(new ServingError(ErrorCode.OVERLOADED, why, retryNanos));
  }

  @Override
  public void expired() {
    fail(new ServingError(ErrorCode.DEADLINE_EXCEEDED, "the deadline passed while it waited"));
  }

  @Override
  public void cancel() {
    if (serving.gate.cancel(ticket)) {
      fail(new ServingError(ErrorCode.CANCELLED, "cancelled while it waited"));
      return;
    }
    Cancellable started;
    synchronized (this) {
      cancelled = true;
      started = running;
    }
    if (started != null) {
      started.cancel();
    }
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
            InferenceCodec.encode(
                model, decoded.id(), outputs, serving.view.nameOf(serving.self), path));
  }

  @Override
  public void onCompleted() {
    serving.gate.ended(ticket, timing.ranNanos());
    InputStream answer = response;
    if (answer == null) {
      fail(new ServingError(ErrorCode.MODEL_FAILED, "the model gave no response"));
      return;
    }
    timing.answered();
    end.answered(answer);
  }

  @Override
  public void onFailed(InferenceException failure) {
    serving.gate.ended(ticket, timing.ranNanos());
    fail(new ServingError(ErrorCode.of(failure.code()), String.valueOf(failure.getMessage())));
  }

  private void fail(ServingError error) {
    timing.failed(error);
    end.failed(error);
  }
}
