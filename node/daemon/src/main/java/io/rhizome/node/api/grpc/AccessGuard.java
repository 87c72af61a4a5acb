// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rhizome.gossip.Bytes;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.access.Caller;
import io.rhizome.node.access.Door;
import io.rhizome.node.access.KeyText;
import io.rhizome.node.access.Right;
import io.rhizome.node.identity.AdminGuard;
import io.rhizome.node.identity.MeshTls;
import io.rhizome.node.serving.ServingError;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every service of the public gRPC port: a call goes on only with the right that it
 * takes, before its first message is read. What changes something, and whoever comes with an
 * operator's proof, goes to the {@link AdminGuard}.
 */
public final class AccessGuard implements ServerInterceptor {
  /** Who calls, within a call that this guard let through for a right. */
  static final Context.Key<Caller> CALLER = Context.key("rhizome-caller");

  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> API_KEY = key("x-api-key");

  private final Door door;
  private final AdminGuard operators;

  /** Guards that door. */
  public AccessGuard(Door door, AdminGuard operators) {
    this.door = door;
    this.operators = operators;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Optional<Right> right = Rights.of(call.getMethodDescriptor());
    if (right.isEmpty() || operators.wouldCheck(call.getMethodDescriptor(), headers)) {
      return operators.interceptCall(call, headers, next);
    }
    Caller caller;
    try {
      caller =
          door.require(
              right.get(),
              call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
              KeyText.shown(headers.get(AUTHORIZATION), headers.get(API_KEY)),
              certificate(call));
    } catch (AccessException e) {
      refuse(call, e);
      return new ServerCall.Listener<>() {};
    }
    return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
  }

  /** What the client's certificate is known by; null where it showed none. */
  private static @Nullable Bytes certificate(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    return session == null
        ? null
        : MeshTls.optionalPeer(session).map(id -> Bytes.of(id.bytes())).orElse(null);
  }

  /** Ends a call with the row of the table of errors that the refusal is. */
  static void refuse(ServerCall<?, ?> call, AccessException refusal) {
    ServingError error = ServingError.of(refusal);
    call.close(
        Status.fromCode(error.code().grpc()).withDescription(error.message()),
        RetryHint.trailers(error));
  }
}
