// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.InferParameter;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.protocol.inference.ModelInferResponse.InferOutputTensor;
import io.rhizome.store.Datatype;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes an answer: the protocol's JSON, and after it the outputs that are wanted as binary. */
final class InferResponseWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int FIRST_BYTES = 512;

  private InferResponseWriter() {}

  /**
   * A body.
   *
   * @param bytes all of it
   * @param jsonBytes how many of them are JSON; fewer than all where binary tensors follow
   */
  @SuppressWarnings("ArrayRecordComponent") // Made, sent, gone; never compared or hashed.
  record Body(byte[] bytes, int jsonBytes, boolean binary) {}

  /**
   * Writes it.
   *
   * @throws MalformedException where an output has no JSON form and was not wanted as binary
   * @throws IOException where the answer itself is malformed
   */
  static Body write(ModelInferResponse response, OutputForms forms)
      throws IOException, MalformedException {
    if (response.getRawOutputContentsCount() != response.getOutputsCount()) {
      throw new IOException("raw_output_contents: not one entry for each output");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(FIRST_BYTES);
    List<ByteString> binaries = new ArrayList<>();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("model_name", response.getModelName());
      json.writeStringField("model_version", response.getModelVersion());
      if (!response.getId().isEmpty()) {
        json.writeStringField("id", response.getId());
      }
      parameters(json, response.getParametersMap());
      json.writeArrayFieldStart("outputs");
      for (int i = 0; i < response.getOutputsCount(); i++) {
        InferOutputTensor output = response.getOutputs(i);
        ByteString raw = response.getRawOutputContents(i);
        boolean binary = forms.binary(output.getName());
        output(json, output, raw, binary);
        if (binary) {
          binaries.add(raw);
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    int jsonBytes = out.size();
    for (ByteString binary : binaries) {
      binary.writeTo(out);
    }
    return new Body(out.toByteArray(), jsonBytes, !binaries.isEmpty());
  }

  private static void parameters(JsonGenerator json, Map<String, InferParameter> parameters)
      throws IOException {
    if (parameters.isEmpty()) {
      return;
    }
    json.writeObjectFieldStart("parameters");
    for (Map.Entry<String, InferParameter> entry : new TreeMap<>(parameters).entrySet()) {
      InferParameter value = entry.getValue();
      switch (value.getParameterChoiceCase()) {
        case BOOL_PARAM -> json.writeBooleanField(entry.getKey(), value.getBoolParam());
        case INT64_PARAM -> json.writeNumberField(entry.getKey(), value.getInt64Param());
        case STRING_PARAM -> json.writeStringField(entry.getKey(), value.getStringParam());
        case DOUBLE_PARAM -> json.writeNumberField(entry.getKey(), value.getDoubleParam());
        case UINT64_PARAM ->
            json.writeNumberField(
                entry.getKey(), new BigInteger(Long.toUnsignedString(value.getUint64Param())));
        case PARAMETERCHOICE_NOT_SET -> json.writeNullField(entry.getKey());
      }
    }
    json.writeEndObject();
  }

  private static void output(
      JsonGenerator json, InferOutputTensor output, ByteString raw, boolean binary)
      throws IOException, MalformedException {
    json.writeStartObject();
    json.writeStringField("name", output.getName());
    json.writeStringField("datatype", output.getDatatype());
    json.writeArrayFieldStart("shape");
    for (long dimension : output.getShapeList()) {
      json.writeNumber(dimension);
    }
    json.writeEndArray();
    Map<String, InferParameter> parameters = new TreeMap<>(output.getParametersMap());
    if (binary) {
      parameters.put(
          "binary_data_size", InferParameter.newBuilder().setInt64Param(raw.size()).build());
    }
    parameters(json, parameters);
    if (!binary) {
      json.writeArrayFieldStart("data");
      data(json, output, raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void data(JsonGenerator json, InferOutputTensor output, ByteBuffer data)
      throws IOException, MalformedException {
    try {
      Datatype datatype = Datatype.valueOf(output.getDatatype());
      while (data.hasRemaining()) {
        element(json, output.getName(), datatype, data);
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("output '" + output.getName() + "' is malformed", e);
    }
  }

  private static void element(JsonGenerator json, String name, Datatype datatype, ByteBuffer data)
      throws IOException, MalformedException {
    switch (datatype) {
      case BOOL -> json.writeBoolean(data.get() != 0);
      case INT8 -> json.writeNumber(data.get());
      case INT16 -> json.writeNumber(data.getShort());
      case INT32 -> json.writeNumber(data.getInt());
      case INT64 -> json.writeNumber(data.getLong());
      case UINT8 -> json.writeNumber(Byte.toUnsignedInt(data.get()));
      case UINT16 -> json.writeNumber(Short.toUnsignedInt(data.getShort()));
      case UINT32 -> json.writeNumber(Integer.toUnsignedLong(data.getInt()));
      case UINT64 -> json.writeNumber(new BigInteger(Long.toUnsignedString(data.getLong())));
      case FP32 -> json.writeNumber(data.getFloat());
      case FP64 -> json.writeNumber(data.getDouble());
      case BYTES -> {
        int length = data.getInt();
        if (length < 0 || length > data.remaining()) {
          throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        data.get(text);
        json.writeString(new String(text, StandardCharsets.UTF_8));
      }
      case FP16, BF16 ->
          throw new MalformedException(
              "output '%s': %s has no JSON form; ask for it with parameters.binary_data"
                  .formatted(name, datatype));
    }
  }
}
