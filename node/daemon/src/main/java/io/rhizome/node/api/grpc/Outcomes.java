// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.rhizome.node.models.ModelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells callers how an operation on models ended. */
final class Outcomes {
  private static final Logger log = LoggerFactory.getLogger(Outcomes.class);

  private Outcomes() {}

  /** Ends a unary call as the operation ends. */
  static <T, M> void answer(
      CompletableFuture<T> operation, Function<T, M> message, StreamObserver<M> observer) {
    follow(
        operation,
        result -> {
          observer.onNext(message.apply(result));
          observer.onCompleted();
        },
        observer::onError);
  }

  /** Calls exactly one of the two when the operation ends. */
  static <T> void follow(
      CompletableFuture<T> operation, Consumer<T> onDone, Consumer<StatusException> onFailed) {
    var unused =
        operation.whenComplete(
            (result, error) -> {
              if (error != null) {
                onFailed.accept(toStatus(error));
                return;
              }
              try {
                onDone.accept(result);
              } catch (RuntimeException defect) {
                onFailed.accept(toStatus(defect));
              }
            });
  }

  static StatusException toStatus(Throwable error) {
    @Nullable Throwable cause = error;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ModelException failure) {
      return status(failure.code()).withDescription(failure.getMessage()).asException();
    }
    log.error("an operation met a defect", cause);
    return Status.INTERNAL.withDescription("internal error").asException();
  }

  private static Status status(ModelException.Code code) {
    return switch (code) {
      case NOT_FOUND -> Status.NOT_FOUND;
      case INVALID -> Status.INVALID_ARGUMENT;
      case FORBIDDEN, UNTRUSTED -> Status.PERMISSION_DENIED;
      case CONFLICT -> Status.ALREADY_EXISTS;
      case STILL_LOADED -> Status.FAILED_PRECONDITION;
      case FULL, OUT_OF_MEMORY -> Status.RESOURCE_EXHAUSTED;
      case STORAGE -> Status.INTERNAL;
      case UNAVAILABLE -> Status.UNAVAILABLE;
    };
  }
}
