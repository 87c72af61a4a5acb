// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.common.util.CompositeException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.handler.codec.compression.DecompressionException;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.models.ModelException;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.ServingError;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors as the protocol has them, {@code {"error": "..."}}, whoever noticed them. */
final class RestErrors implements ServerErrorHandler {
  private static final Logger log = LoggerFactory.getLogger(RestErrors.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RETRY_AFTER_SECONDS = 1;

  private final BodyReader.Limit limit;

  /** Errors of a server that takes bodies of up to {@code limit}. */
  RestErrors(BodyReader.Limit limit) {
    this.limit = limit;
  }

  /** The answer that tells of an error in the table. */
  static HttpResponse respond(ServingError error) {
    AggregatedHttpResponse response =
        response(error.code().http(), error.message(), error.code().retryLater());
    return error.code() == ErrorCode.UNAUTHENTICATED
        ? response.toHttpResponse().mapHeaders(RestErrors::askForKey)
        : response.toHttpResponse();
  }

  private static ResponseHeaders askForKey(ResponseHeaders headers) {
    return headers.toBuilder().add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer").build();
  }

  /** The error in the table that a failure amounts to; a defect is logged. */
  ServingError errorOf(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof MalformedException) {
      return new ServingError(ErrorCode.INVALID, message);
    }
    if (cause instanceof RefusedException refused) {
      return refused.error();
    }
    if (cause instanceof ContentTooLargeException) {
      return limit.exceeded().error();
    }
    if (cause instanceof ModelException model) {
      return new ServingError(ErrorCode.of(model.code()), message);
    }
    if (cause instanceof JobException job) {
      return ServingError.of(job);
    }
    if (cause instanceof AccessException refusal) {
      return ServingError.of(refusal);
    }
    if (cause instanceof RequestTimeoutException) {
      return new ServingError(
          ErrorCode.DEADLINE_EXCEEDED, "the deadline passed before the request was here whole");
    }
    log.error("a REST call met a defect", cause);
    return new ServingError(ErrorCode.INTERNAL, "internal error");
  }

  /** The same for a body that did not arrive whole or does not unpack. */
  ServingError errorOfBody(Throwable failure) {
    if (failure instanceof CompositeException several) {
      return errorOfBody(several.getExceptions().get(0));
    }
    if (failure instanceof DecompressionException) {
      return new ServingError(
          ErrorCode.INVALID, "Content-Encoding: the body does not unpack: " + failure.getMessage());
    }
    if (failure instanceof ClosedSessionException || failure instanceof ClosedStreamException) {
      return new ServingError(ErrorCode.CANCELLED, "the client went away");
    }
    return errorOf(failure);
  }

  @Override
  public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
    if (cause instanceof HttpStatusException status) {
      return response(
              status.httpStatus().code(),
              describe(ctx.request().headers(), status.httpStatus()),
              false)
          .toHttpResponse();
    }
    return respond(errorOf(cause));
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return response(status.code(), describe(headers, status), false);
  }

  private String describe(@Nullable RequestHeaders headers, HttpStatus status) {
    String call = headers == null ? "" : headers.method() + " " + Excerpt.of(headers.path()) + ": ";
    if (status.equals(HttpStatus.NOT_FOUND)) {
      return call
          + "no such path; the protocol's begin with /v2, jobs are at /v1/jobs, metrics at /metrics";
    }
    if (status.equals(HttpStatus.METHOD_NOT_ALLOWED)) {
      return call + "this path takes another method";
    }
    if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
      return limit.exceeded().error().message();
    }
    return call + status.reasonPhrase();
  }

  private static AggregatedHttpResponse response(int status, String message, boolean retryLater) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.valueOf(status)).contentType(MediaType.JSON);
    if (retryLater) {
      headers.addInt(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    return AggregatedHttpResponse.of(headers.build(), HttpData.wrap(json(message)));
  }

  private static byte[] json(String message) {
    try {
      return JSON.writeValueAsString(Map.of("error", message)).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a text can be written as JSON", e);
    }
  }
}
