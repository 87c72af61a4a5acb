// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.rhizome.node.serving.ErrorCode;
import io.rhizome.node.serving.ServingError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** {@code GET /metrics}: what Prometheus scrapes. */
final class MetricsEndpoint implements HttpService {
  private static final MediaType TEXT = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

  private final Supplier<String> metrics;
  private final Executor blocking;

  /**
   * Serves these.
   *
   * @param metrics in the Prometheus text format 0.0.4; takes too long for an event loop
   */
  MetricsEndpoint(Supplier<String> metrics, Executor blocking) {
    this.metrics = metrics;
    this.blocking = blocking;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    try {
      return HttpResponse.of(
          CompletableFuture.supplyAsync(
              () -> HttpResponse.of(HttpStatus.OK, TEXT, metrics.get()), blocking));
    } catch (RejectedExecutionException e) {
      return RestErrors.respond(
          new ServingError(ErrorCode.OVERLOADED, "too many calls wait for a thread"));
    }
  }
}
