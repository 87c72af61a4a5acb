// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.google.protobuf.ByteString;
import io.rhizome.node.config.ConfigException;
import io.rhizome.node.protocol.inference.InferTensorContents;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import io.rhizome.node.protocol.inference.ModelMetadataResponse.TensorMetadata;
import io.rhizome.store.Datatype;
import java.util.List;

/** A request that brings image files as they are; the node that runs the model decodes them. */
final class ImageRequest {
  private static final ByteString PNG =
      ByteString.copyFrom(new byte[] {(byte) 0x89, 'P', 'N', 'G'});
  private static final ByteString JPEG =
      ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff});

  private ImageRequest() {}

  static boolean isImage(ByteString file) {
    return file.startsWith(PNG) || file.startsWith(JPEG);
  }

  /** All files as elements of the model's only input, which must be BYTES. */
  static ModelInferRequest of(ModelMetadataResponse model, List<ByteString> files) {
    TensorMetadata input = model.getInputsCount() == 1 ? model.getInputs(0) : null;
    if (input == null || !input.getDatatype().equals(Datatype.BYTES.name())) {
      throw new ConfigException(
          "model '"
              + model.getName()
              + "' takes tensors, not images: pass a request as FILE.json, or push the model with"
              + " --preprocess");
    }
    return ModelInferRequest.newBuilder()
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName(input.getName())
                .setDatatype(input.getDatatype())
                .addShape(files.size())
                .setContents(InferTensorContents.newBuilder().addAllBytesContents(files)))
        .build();
  }
}
