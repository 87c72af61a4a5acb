// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import com.google.protobuf.ByteString;
import io.rhizome.it.Answers;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The model that answers with its input: x FP32[n] gives y FP32[n]. */
final class Echo {
  static final String MODEL = "echo";

  private Echo() {}

  /** A request with so many bytes of raw tensor content, a multiple of 4. */
  static ModelInferRequest request(int bytes) {
    int count = bytes / Float.BYTES;
    ByteBuffer raw = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      raw.putFloat(i);
    }
    return ModelInferRequest.newBuilder()
        .setModelName(MODEL)
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("x")
                .setDatatype("FP32")
                .addShape(count))
        .addRawInputContents(ByteString.copyFrom(raw.flip()))
        .build();
  }

  /** {@link IllegalStateException} unless the answer's values are the request's. */
  static void verify(ModelInferRequest request, ModelInferResponse answer) {
    float[] got = Answers.floats(answer);
    long sent = request.getInputs(0).getShape(0);
    boolean same = got.length == sent;
    for (int i = 0; same && i < got.length; i++) {
      same = got[i] == i;
    }
    if (!same) {
      throw new IllegalStateException(
          "not an echo: sent "
              + sent
              + " values, got "
              + got.length
              + " from "
              + Arrays.toString(Arrays.copyOf(got, Math.min(4, got.length))));
    }
  }
}
