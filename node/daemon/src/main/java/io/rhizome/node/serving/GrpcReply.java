// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Ends a raw gRPC call with an answer or an error. */
public final class GrpcReply implements Reply {
  private final ServerCall<byte[], InputStream> call;
  private final Function<@Nullable ServingError, Metadata> trailers;

  /**
   * A reply to this call.
   *
   * @param trailers what goes with the end: of an error, or of an answer for null
   */
  public GrpcReply(
      ServerCall<byte[], InputStream> call, Function<@Nullable ServingError, Metadata> trailers) {
    this.call = call;
    this.trailers = trailers;
  }

  @Override
  public void answer(InputStream response) {
    try (response) {
      call.sendHeaders(new Metadata());
      call.sendMessage(response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    call.close(Status.OK, trailers.apply(null));
  }

  @Override
  public void fail(ServingError error) {
    call.close(
        Status.fromCode(error.code().grpc()).withDescription(error.message()),
        trailers.apply(error));
  }
}
