// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferRequest.InferInputTensor;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import io.rhizome.node.protocol.inference.ModelMetadataResponse.TensorMetadata;
import io.rhizome.store.Datatype;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request that is one image and nothing else, as {@code curl --data-binary @seven.png} sends it.
 * It stays encoded: it becomes the one byte string of the model's only input.
 */
final class ImageBody {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};
  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

  private ImageBody() {}

  /** Whether it says so, or looks so and does not say that JSON is in it. */
  static boolean is(RequestHeaders headers, byte[] body) {
    @Nullable MediaType type = headers.contentType();
    if (type != null && (type.is(MediaType.PNG) || type.is(MediaType.JPEG))) {
      return true;
    }
    return !headers.contains(InferEndpoint.JSON_BYTES)
        && (startsWith(body, PNG) || startsWith(body, JPEG));
  }

  private static boolean startsWith(byte[] body, byte[] signature) {
    return body.length >= signature.length
        && Arrays.equals(body, 0, signature.length, signature, 0, signature.length);
  }

  /** The request for that model. */
  static InferBody read(ModelMetadataResponse model, byte[] image) throws MalformedException {
    if (model.getInputsCount() != 1
        || !model.getInputs(0).getDatatype().equals(Datatype.BYTES.name())) {
      throw new MalformedException(
          "the body is an image, but model '%s' takes %s; send tensors as JSON"
              .formatted(
                  model.getName(),
                  model.getInputsList().stream().map(ImageBody::describe).toList()));
    }
    ByteBuffer length =
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(image.length);
    ByteString element =
        ByteString.copyFrom(length.flip()).concat(UnsafeByteOperations.unsafeWrap(image));
    ModelInferRequest.Builder request =
        ModelInferRequest.newBuilder()
            .addInputs(
                InferInputTensor.newBuilder()
                    .setName(model.getInputs(0).getName())
                    .setDatatype(Datatype.BYTES.name())
                    .addShape(1))
            .addRawInputContents(element);
    return new InferBody(request, new OutputForms(false, new TreeMap<>()), 0);
  }

  private static String describe(TensorMetadata input) {
    return input.getName() + ":" + input.getDatatype() + input.getShapeList();
  }
}
