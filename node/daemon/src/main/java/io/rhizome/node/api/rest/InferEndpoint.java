// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AsciiString;
import io.rhizome.node.access.Access;
import io.rhizome.node.api.ServedModels;
import io.rhizome.node.mesh.EventLoops;
import io.rhizome.node.serving.Serving;
import java.util.concurrent.Executor;

/**
 * {@code POST /v2/models/{model}[/versions/{version}]/infer}: makes the message that a gRPC client
 * would have sent, has it served, and writes the answer in the forms asked for. A body that is an
 * image is the one input of a model that takes such.
 *
 * <p>The deadline is {@code parameters.timeout} (Triton's, in microseconds), else the node's
 * default, counted from the arrival of the request's head.
 */
final class InferEndpoint implements HttpService {
  /** How much of a body is JSON; the rest is binary tensor data. On requests and answers. */
  static final AsciiString JSON_BYTES = AsciiString.cached("inference-header-content-length");

  /** How old the policy is that this node serves by, once that is worth a word. On answers. */
  static final AsciiString POLICY_AGE = AsciiString.cached("rhizome-policy-age-seconds");

  private final Parts parts;

  /**
   * What calls need.
   *
   * @param access lets requests in
   * @param served describes models
   * @param blocking where long JSON is read and written: it would hold up the event loop
   * @param defaultTimeoutNanos for a request that brings no deadline
   * @param body the largest body; a request's encoded form may be no larger either
   */
  record Parts(
      Access access,
      Serving serving,
      ServedModels served,
      EventLoops loops,
      Executor blocking,
      RestErrors errors,
      long defaultTimeoutNanos,
      BodyReader.Limit body) {}

  InferEndpoint(Parts parts) {
    this.parts = parts;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest http) {
    InferCall call = new InferCall(parts, ctx, http.headers(), System.nanoTime());
    var unused =
        BodyReader.read(http, parts.serving().inFlightBytes(), parts.body())
            .whenComplete(call::received);
    HttpResponse response = HttpResponse.of(call.answer());
    var unusedEnd =
        response
            .whenComplete()
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    call.giveUp();
                  }
                });
    return response;
  }
}
