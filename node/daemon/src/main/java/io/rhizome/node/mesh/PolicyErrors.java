// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.mesh;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import java.io.IOException;

/** {@link PolicyException}s as gRPC statuses, there and back. */
public final class PolicyErrors {
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("rhizome-policy-code", Metadata.ASCII_STRING_MARSHALLER);

  private PolicyErrors() {}

  /** What to answer for that failure of a proposal. */
  public static StatusRuntimeException toStatus(Throwable failure) {
    Throwable cause = PolicyException.cause(failure);
    if (!(cause instanceof PolicyException refused)) {
      return Status.INTERNAL
          .withDescription(String.valueOf(cause.getMessage()))
          .asRuntimeException();
    }
    Status status =
        switch (refused.code()) {
          case INVALID -> Status.INVALID_ARGUMENT;
          case DENIED -> Status.PERMISSION_DENIED;
          case CONFLICT -> Status.ABORTED;
          case NO_QUORUM, UNKNOWN -> Status.UNAVAILABLE;
          case FAILED -> Status.FAILED_PRECONDITION;
        };
    Metadata trailers = new Metadata();
    trailers.put(CODE, refused.code().name());
    return status.withDescription(refused.getMessage()).asRuntimeException(trailers);
  }

  /** What a peer meant by that answer; an {@link IOException} where it did not answer. */
  static Exception fromStatus(Throwable answer) {
    Status status = Status.fromThrowable(answer);
    Metadata trailers = Status.trailersFromThrowable(answer);
    String name = trailers == null ? null : trailers.get(CODE);
    String message = String.valueOf(status.getDescription());
    for (Code code : Code.values()) {
      if (code.name().equals(name)) {
        return new PolicyException(code, message);
      }
    }
    return status.getCode() == Status.Code.UNAVAILABLE
        ? new IOException(message, answer)
        : new PolicyException(Code.UNKNOWN, status.getCode() + ": " + message, answer);
  }
}
