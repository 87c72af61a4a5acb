// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.faults;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.rhizome.node.protocol.inference.ModelInferRequest;

/** Requests for models of the engine {@code timer}: x FP32[n] gives y FP32[n]. */
public final class TimerRequest {
  /** The deadline of every request, in milliseconds. */
  static final long DEADLINE_MILLIS = 2_000;

  /**
   * The deadline travels, but the client does not keep it: so it shows whether the mesh does. That
   * is why this is set here, not as a deadline of the call.
   */
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> CLASS =
      Metadata.Key.of("rhizome-class", Metadata.ASCII_STRING_MARSHALLER);

  private TimerRequest() {}

  /** One with so many bytes of tensor content, a multiple of 4, encoded. */
  public static byte[] encode(String model, int bytes) {
    return of(model, bytes).toByteArray();
  }

  /** The same, not encoded. */
  public static ModelInferRequest of(String model, int bytes) {
    return ModelInferRequest.newBuilder()
        .setModelName(model)
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("x")
                .setDatatype("FP32")
                .addShape(bytes / Float.BYTES))
        .addRawInputContents(ByteString.copyFrom(new byte[bytes]))
        .build();
  }

  /** The headers of one call. */
  static Metadata headers(String priority) {
    Metadata headers = new Metadata();
    headers.put(TIMEOUT, DEADLINE_MILLIS + "m");
    headers.put(CLASS, priority);
    return headers;
  }
}
