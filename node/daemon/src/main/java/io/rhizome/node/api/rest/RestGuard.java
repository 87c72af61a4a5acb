// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.access.Caller;
import io.rhizome.node.access.Door;
import io.rhizome.node.access.KeyText;
import io.rhizome.node.access.Right;
import io.rhizome.node.serving.ServingError;
import java.util.Objects;

/** Stands before the services of the HTTP port that take a right; bodies come after. */
final class RestGuard {
  /** The other header that a key may come in. */
  static final AsciiString API_KEY = AsciiString.cached("x-api-key");

  private static final AttributeKey<Caller> CALLER =
      AttributeKey.valueOf(RestGuard.class, "CALLER");

  private final Door door;

  RestGuard(Door door) {
    this.door = door;
  }

  /** That service for callers that have the right. */
  HttpService of(Right right, HttpService service) {
    return (ctx, request) -> {
      RequestHeaders headers = request.headers();
      try {
        Caller caller =
            door.require(
                right,
                ctx.remoteAddress(),
                KeyText.shown(headers.get(HttpHeaderNames.AUTHORIZATION), headers.get(API_KEY)),
                null);
        ctx.setAttr(CALLER, caller);
      } catch (AccessException e) {
        return RestErrors.respond(ServingError.of(e));
      }
      return service.serve(ctx, request);
    };
  }

  /** Who makes a call that a guard let through. */
  static Caller caller(ServiceRequestContext ctx) {
    return Objects.requireNonNull(ctx.attr(CALLER), "a guard comes first");
  }
}
