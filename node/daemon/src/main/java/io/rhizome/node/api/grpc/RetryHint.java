// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.grpc;

import io.grpc.Metadata;
import io.rhizome.node.serving.ServingError;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells gRPC clients when to try again. */
final class RetryHint {
  private static final long PUSHBACK_MILLIS = 100;

  /** gRPC's own name for a retry hint (proposal A6, client retries). */
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private RetryHint() {}

  /** Trailers of this error, or of an answer for null. */
  static Metadata trailers(@Nullable ServingError error) {
    Metadata trailers = new Metadata();
    if (error != null && error.code().retryLater()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(error.retryNanos());
      trailers.put(PUSHBACK, Long.toString(millis > 0 ? millis : PUSHBACK_MILLIS));
    }
    return trailers;
  }
}
