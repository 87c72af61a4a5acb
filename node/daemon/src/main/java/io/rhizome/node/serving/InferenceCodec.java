// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.serving;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.rhizome.node.executor.Tensor;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.InferParameter;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferRequest.InferInputTensor;
import io.rhizome.node.protocol.inference.ModelInferRequest.InferRequestedOutputTensor;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Between the Open Inference Protocol's messages and tensors: the only place where a request is
 * parsed in full, on the node that runs it.
 */
final class InferenceCodec {
  private InferenceCodec() {}

  /** A parsed request. */
  record Decoded(String id, List<Tensor> inputs, List<String> outputs) {}

  /**
   * Parses a request; raw contents stay where they lie in {@code message}. Whether the tensors fit
   * the model is the executor's to check.
   */
  static Decoded decode(byte[] message) throws MalformedException {
    ModelInferRequest request;
    try {
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(message).newCodedInput();
      in.enableAliasing(true);
      request = ModelInferRequest.parseFrom(in);
    } catch (IOException e) {
      throw new MalformedException("ModelInferRequest: " + e.getMessage(), e);
    }
    int raw = request.getRawInputContentsCount();
    if (raw != 0 && raw != request.getInputsCount()) {
      throw new MalformedException(
          "raw_input_contents: "
              + raw
              + " entries for "
              + request.getInputsCount()
              + " inputs; give one for each, or none");
    }
    List<Tensor> inputs = new ArrayList<>(request.getInputsCount());
    for (int i = 0; i < request.getInputsCount(); i++) {
      InferInputTensor input = request.getInputs(i);
      if (raw != 0 && input.hasContents()) {
        throw new MalformedException(
            "input '" + input.getName() + "': contents and raw_input_contents exclude each other");
      }
      Datatype datatype = datatype(input);
      ByteBuffer data =
          raw != 0
              ? request.getRawInputContents(i).asReadOnlyByteBuffer()
              : TypedContents.toRaw(input.getName(), datatype, input.getContents());
      inputs.add(new Tensor(input.getName(), datatype, input.getShapeList(), data));
    }
    List<String> outputs =
        request.getOutputsList().stream().map(InferRequestedOutputTensor::getName).toList();
    return new Decoded(request.getId(), inputs, outputs);
  }

  private static Datatype datatype(InferInputTensor input) throws MalformedException {
    try {
      return Datatype.valueOf(input.getDatatype());
    } catch (IllegalArgumentException e) {
      throw new MalformedException(
          "input '"
              + input.getName()
              + "': unknown datatype '"
              + input.getDatatype()
              + "'; known: "
              + List.of(Datatype.values()),
          e);
    }
  }

  /** A response with raw contents, and who served it by which path as parameters. */
  static ModelInferResponse encode(
      Manifest manifest, String id, List<Tensor> outputs, String servedBy, String path) {
    ModelInferResponse.Builder response =
        ModelInferResponse.newBuilder()
            .setModelName(manifest.name())
            .setModelVersion(Long.toString(manifest.version()))
            .setId(id)
            .putParameters("rhizome_served_by", text(servedBy))
            .putParameters("rhizome_path", text(path));
    for (Tensor output : outputs) {
      response.addOutputs(
          ModelInferResponse.InferOutputTensor.newBuilder()
              .setName(output.name())
              .setDatatype(output.datatype().name())
              .addAllShape(output.shape()));
      ByteString data = UnsafeByteOperations.unsafeWrap(output.data());
      response.addRawOutputContents(data);
    }
    return response.build();
  }

  private static InferParameter text(String value) {
    return InferParameter.newBuilder().setStringParam(value).build();
  }
}
