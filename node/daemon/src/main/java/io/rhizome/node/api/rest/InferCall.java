// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.protobuf.ProtoUtils;
import io.rhizome.node.access.Access.Permit;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.api.Wishes;
import io.rhizome.node.executor.Executor.Cancellable;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.RequestHead;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.serving.Arrival;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.ModelNames.Target;
import io.rhizome.node.serving.PermittedReply;
import io.rhizome.node.serving.Reply;
import io.rhizome.node.serving.ServingError;
import io.rhizome.node.serving.TraceContext;
import io.rhizome.scheduler.Request;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One inference request's way through the HTTP port. */
final class InferCall implements Reply {
  private static final Marshaller<ModelInferResponse> RESPONSES =
      ProtoUtils.marshaller(ModelInferResponse.getDefaultInstance());
  private static final List<String> ENCODINGS = List.of("identity", "gzip", "deflate");
  private static final int MAX_JSON_ON_LOOP = 64 << 10;
  private static final long MAX_TIMEOUT_NANOS = TimeUnit.HOURS.toNanos(1);

  private final InferEndpoint.Parts parts;
  private final ServiceRequestContext ctx;
  private final RequestHeaders headers;
  private final long arrivedNanos;
  private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
  private OutputForms forms = new OutputForms(false, new TreeMap<>());
  private @Nullable Cancellable running;
  private boolean givenUp;

  InferCall(
      InferEndpoint.Parts parts,
      ServiceRequestContext ctx,
      RequestHeaders headers,
      long arrivedNanos) {
    this.parts = parts;
    this.ctx = ctx;
    this.headers = headers;
    this.arrivedNanos = arrivedNanos;
  }

  /** The end of it. */
  CompletableFuture<HttpResponse> answer() {
    return answer;
  }

  /** How a body is read. */
  private interface Reading {
    InferBody read() throws MalformedException, RefusedException;
  }

  /** The body is here, or will never be. */
  void received(BodyReader.@Nullable Body body, @Nullable Throwable failure) {
    if (body == null) {
      fail(parts.errors().errorOfBody(Objects.requireNonNull(failure)));
      return;
    }
    try {
      requireKnownEncoding();
      if (ImageBody.is(headers, body.bytes())) {
        receivedImage(body);
        return;
      }
      int jsonBytes = jsonBytes(body.bytes().length);
      Reading json = () -> InferRequestReader.read(body.bytes(), jsonBytes, parts.body().bytes());
      if (jsonBytes <= MAX_JSON_ON_LOOP) {
        begin(body, json);
      } else {
        parts.blocking().execute(() -> begin(body, json));
      }
    } catch (RejectedExecutionException e) {
      body.hold().release();
      fail(new ServingError(ErrorCode.OVERLOADED, "too many large requests at once"));
    } catch (MalformedException e) {
      body.hold().release();
      fail(parts.errors().errorOf(e));
    }
  }

  /** What the model calls its input, its manifest knows. */
  private void receivedImage(BodyReader.Body body) throws MalformedException {
    var unused =
        parts
            .served()
            .metadata(model(), version())
            .whenComplete(
                (metadata, failure) -> {
                  if (failure != null) {
                    body.hold().release();
                    fail(parts.errors().errorOf(failure));
                  } else {
                    begin(body, () -> ImageBody.read(metadata, body.bytes()));
                  }
                });
  }

  private String model() {
    return String.valueOf(ctx.pathParam("model"));
  }

  private String version() {
    return ctx.pathParams().getOrDefault("version", "");
  }

  private void requireKnownEncoding() throws MalformedException {
    String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity");
    if (!ENCODINGS.contains(encoding)) {
      throw new MalformedException(
          "Content-Encoding must be one of %s, not %s".formatted(ENCODINGS, Excerpt.of(encoding)));
    }
  }

  private int jsonBytes(int bodyBytes) throws MalformedException {
    String text = headers.get(InferEndpoint.JSON_BYTES);
    if (text == null) {
      return bodyBytes;
    }
    try {
      int bytes = Integer.parseInt(text.trim());
      if (bytes >= 0 && bytes <= bodyBytes) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      throw new MalformedException(badLength(text, bodyBytes), e);
    }
    throw new MalformedException(badLength(text, bodyBytes));
  }

  private static String badLength(String text, int bodyBytes) {
    return "Inference-Header-Content-Length must be a number from 0 to the body's %d bytes, not %s"
        .formatted(bodyBytes, Excerpt.of(text));
  }

  private void begin(BodyReader.Body body, Reading reading) {
    Arrival arrival;
    try {
      arrival = arrival(reading.read());
    } catch (MalformedException | RefusedException | RuntimeException e) {
      fail(parts.errors().errorOf(e));
      return;
    } finally {
      body.hold().release();
    }
    Permit permit;
    try {
      permit = parts.access().admit(RestGuard.caller(ctx), arrival.request().model());
    } catch (AccessException e) {
      fail(ServingError.of(e));
      return;
    }
    // The exchange counts the message's own bytes, and keeps the deadline.
    ctx.clearRequestTimeout();
    keep(parts.serving().serve(arrival, new PermittedReply(this, permit)));
  }

  private Arrival arrival(InferBody read) throws MalformedException, RefusedException {
    forms = read.outputs();
    int maxBytes = parts.body().bytes();
    Target target = target();
    byte[] message =
        read.request()
            .setModelName(target.model())
            .setModelVersion(target.version() == 0 ? "" : Long.toString(target.version()))
            .build()
            .toByteArray();
    if (message.length > maxBytes) {
      throw RefusedException.tooLarge(
          "the request has more than %d bytes (%s)".formatted(maxBytes, parts.body().by()));
    }
    Request request =
        Wishes.of(headers.get(Wishes.CLASS), headers.get(Wishes.AFFINITY))
            .request(target, message.length, RestGuard.caller(ctx));
    long deadline = arrivedNanos + budgetNanos(read.timeoutMicros());
    TraceContext caller =
        parts.serving().caller(headers.get(TraceContext.PARENT), headers.get(TraceContext.STATE));
    return new Arrival(message, request, deadline, parts.loops().timers(), caller);
  }

  private Target target() throws MalformedException, RefusedException {
    return parts
        .served()
        .names()
        .resolve(model(), RequestHead.parseVersion(version()), ThreadLocalRandom.current())
        .orElseThrow(
            () ->
                new RefusedException(
                    ErrorCode.UNKNOWN_MODEL,
                    "policy does not give the name '%s' to version %s"
                        .formatted(model(), version())));
  }

  private long budgetNanos(long timeoutMicros) {
    return timeoutMicros == 0
        ? parts.defaultTimeoutNanos()
        : Math.min(TimeUnit.MICROSECONDS.toNanos(timeoutMicros), MAX_TIMEOUT_NANOS);
  }

  private synchronized void keep(Cancellable started) {
    running = started;
    if (givenUp) {
      started.cancel();
    }
  }

  /** The client went away. */
  synchronized void giveUp() {
    givenUp = true;
    if (running != null) {
      running.cancel();
    }
  }

  @Override
  public void answer(InputStream response) {
    ModelInferResponse message;
    try (response) {
      message = RESPONSES.parse(response);
    } catch (IOException | RuntimeException e) {
      fail(parts.errors().errorOf(e));
      return;
    }
    if (forms.jsonBytes(message) <= MAX_JSON_ON_LOOP) {
      write(message);
      return;
    }
    try {
      parts.blocking().execute(() -> write(message));
    } catch (RejectedExecutionException e) {
      fail(new ServingError(ErrorCode.OVERLOADED, "too many large answers at once"));
    }
  }

  private void write(ModelInferResponse message) {
    try {
      answer.complete(respond(InferResponseWriter.write(message, forms)));
    } catch (MalformedException e) {
      fail(new ServingError(ErrorCode.INVALID, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      fail(new ServingError(ErrorCode.MODEL_FAILED, "the model's answer: " + e.getMessage()));
    } catch (RuntimeException e) {
      fail(parts.errors().errorOf(e));
    }
  }

  private HttpResponse respond(InferResponseWriter.Body body) {
    ResponseHeadersBuilder head = ResponseHeaders.builder(HttpStatus.OK);
    parts.access().policyAge().ifPresent(age -> head.add(InferEndpoint.POLICY_AGE, age));
    if (body.binary()) {
      head.contentType(MediaType.OCTET_STREAM).addInt(InferEndpoint.JSON_BYTES, body.jsonBytes());
    } else {
      head.contentType(MediaType.JSON);
    }
    return HttpResponse.of(head.build(), HttpData.wrap(body.bytes()));
  }

  @Override
  public void fail(ServingError error) {
    answer.complete(RestErrors.respond(error));
  }
}
