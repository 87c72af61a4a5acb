// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import com.google.protobuf.CodedInputStream;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rhizome.it.Answers;
import io.rhizome.node.protocol.RawMessages;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request under way. Everything happens on its connection's thread. */
final class InferCall extends ClientCall.Listener<InputStream> {
  private static final Metadata.Key<String> HINT =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final String GIVEN_UP = "given up by the client";
  private static final long ABANDON_NANOS =
      TimeUnit.MILLISECONDS.toNanos(TimerRequest.DEADLINE_MILLIS + 1_000);

  private final ClientCall<byte[], InputStream> call;
  private final long startNanos;
  private final Consumer<InferCall> onEnd;
  private boolean wanted = true;
  private Ending ending = Ending.FAILED;
  private String servedBy = "";
  private String words = "";
  private long hintMillis;

  private InferCall(
      ClientCall<byte[], InputStream> call, long startNanos, Consumer<InferCall> onEnd) {
    this.call = call;
    this.startNanos = startNanos;
    this.onEnd = onEnd;
  }

  /**
   * Sends a request.
   *
   * @param request encoded
   * @param priority its class
   * @param startNanos from when on its time counts
   * @param onEnd hears, once, that it has ended
   */
  static InferCall start(
      Connection connection,
      byte[] request,
      String priority,
      long startNanos,
      Consumer<InferCall> onEnd) {
    ClientCall<byte[], InputStream> call =
        connection.channel().newCall(RawMessages.MODEL_INFER, CallOptions.DEFAULT);
    InferCall started = new InferCall(call, startNanos, onEnd);
    call.start(started, TimerRequest.headers(priority));
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
    return started;
  }

  /** Gives it up on purpose. */
  void cancel() {
    wanted = false;
    call.cancel(GIVEN_UP, null);
  }

  /** Gives it up as failed, if its deadline is a second ago; returns whether that is so. */
  boolean abandonIfLate(long nowNanos) {
    boolean late = nowNanos - startNanos > ABANDON_NANOS;
    if (late) {
      call.cancel(GIVEN_UP, null);
    }
    return late;
  }

  @Override
  public void onMessage(InputStream message) {
    try (message) {
      servedBy = Answers.servedBy(parse(message));
    } catch (IOException e) {
      words = "an answer that cannot be read: " + e.getMessage();
    }
  }

  private static ModelInferResponse parse(InputStream message) throws IOException {
    return ModelInferResponse.parseFrom(CodedInputStream.newInstance(message));
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    String hint = trailers.get(HINT);
    if (status.isOk() && words.isEmpty()) {
      ending = Ending.ANSWERED;
    } else if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED && hint != null) {
      ending = Ending.REJECTED;
      hintMillis = Long.parseLong(hint);
    } else if (status.getCode() == Status.Code.CANCELLED && !wanted) {
      ending = Ending.CANCELLED;
    }
    if (!status.isOk()) {
      words = status.getCode() + ": " + describe(status);
    }
    onEnd.accept(this);
  }

  private static @Nullable String describe(Status status) {
    Throwable cause = status.getCause();
    return cause == null ? status.getDescription() : status.getDescription() + " (" + cause + ")";
  }

  long startNanos() {
    return startNanos;
  }

  /** How it ended. */
  Ending ending() {
    return ending;
  }

  /** The name of the node that answered; empty for none. */
  String servedBy() {
    return servedBy;
  }

  /** What was said of its failure; empty for an answer. */
  String words() {
    return words;
  }

  /** How long to wait, as it was told with a rejection; else 0. */
  long hintMillis() {
    return hintMillis;
  }
}
