// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.rhizome.node.protocol.MalformedException;
import io.rhizome.node.protocol.inference.InferParameter;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferRequest.InferInputTensor;
import io.rhizome.node.protocol.inference.ModelInferRequest.InferRequestedOutputTensor;
import io.rhizome.store.Datatype;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of an inference request: the protocol's JSON, and after it, where the client says
 * how long the JSON is, the tensors of the binary tensor data extension.
 *
 * <p>Elements go from JSON to the raw form as they are read, so the memory needed is that of the
 * body and of the message. Binary tensors are not copied before the message is encoded.
 */
final class InferRequestReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_TENSORS = 1024;
  private static final int MAX_RANK = 64;
  private static final int NO_BINARY = -1;

  private final byte[] body;
  private final int jsonBytes;
  private final int maxBytes;
  private final ModelInferRequest.Builder request = ModelInferRequest.newBuilder();
  private final SortedMap<String, Boolean> binaryOutputs = new TreeMap<>();
  private boolean binaryByDefault;
  private long timeoutMicros;
  private int binaryStart;

  private InferRequestReader(byte[] body, int jsonBytes, int maxBytes) {
    this.body = body;
    this.jsonBytes = jsonBytes;
    this.maxBytes = maxBytes;
    this.binaryStart = jsonBytes;
  }

  /**
   * Reads a body.
   *
   * @param jsonBytes how many of its bytes are JSON; the rest is binary tensor data
   * @param maxBytes the most that a tensor's raw form may have
   * @throws MalformedException naming the field that is wrong
   */
  static InferBody read(byte[] body, int jsonBytes, int maxBytes)
      throws MalformedException, RefusedException {
    InferRequestReader reader = new InferRequestReader(body, jsonBytes, maxBytes);
    try (JsonParser json = JSON.createParser(body, 0, jsonBytes)) {
      json.nextToken();
      JsonObjects.fields("the request's JSON", json, name -> reader.field(name, json));
      if (json.nextToken() != null) {
        throw new MalformedException("the request's JSON goes on after its end");
      }
    } catch (JsonProcessingException e) {
      throw new MalformedException("the request's JSON is malformed: " + where(e), e);
    } catch (IOException e) {
      throw new MalformedException("the request's JSON cannot be read: " + e.getMessage(), e);
    }
    if (reader.request.getInputsCount() == 0) {
      throw new MalformedException("inputs is missing or empty");
    }
    if (reader.binaryStart != body.length) {
      throw new MalformedException(
          "binary_data_size: the inputs' sizes add up to %d bytes, but %d follow the JSON"
              .formatted(reader.binaryStart - jsonBytes, body.length - jsonBytes));
    }
    return new InferBody(
        reader.request,
        new OutputForms(reader.binaryByDefault, reader.binaryOutputs),
        reader.timeoutMicros);
  }

  private static String where(JsonProcessingException e) {
    String place =
        e.getLocation() == null
            ? ""
            : "line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    return place + ": " + e.getOriginalMessage();
  }

  private void field(String name, JsonParser json)
      throws IOException, MalformedException, RefusedException {
    switch (name) {
      case "id" -> request.setId(JsonObjects.text("id", json));
      case "parameters" -> parameters(JsonObjects.parameters("parameters", json));
      case "inputs" -> list("inputs", json, this::input);
      case "outputs" -> list("outputs", json, this::output);
      default -> json.skipChildren();
    }
  }

  private interface Element {
    void read(String where, JsonParser json)
        throws IOException, MalformedException, RefusedException;
  }

  private static void list(String where, JsonParser json, Element element)
      throws IOException, MalformedException, RefusedException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new MalformedException(where + " must be a list");
    }
    for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
      if (i == MAX_TENSORS) {
        throw new MalformedException(where + " has more than " + MAX_TENSORS + " entries");
      }
      element.read(where + "[" + i + "]", json);
    }
  }

  private void parameters(SortedMap<String, InferParameter> given) throws MalformedException {
    InferParameter binary = given.remove("binary_data_output");
    if (binary != null) {
      binaryByDefault = JsonObjects.bool("parameters.binary_data_output", binary);
    }
    InferParameter timeout = given.get("timeout");
    if (timeout != null) {
      timeoutMicros = JsonObjects.whole("parameters.timeout", timeout);
    }
    request.putAllParameters(given);
  }

  private void output(String where, JsonParser json)
      throws IOException, MalformedException, RefusedException {
    InferRequestedOutputTensor.Builder output = InferRequestedOutputTensor.newBuilder();
    SortedMap<String, InferParameter> parameters = new TreeMap<>();
    JsonObjects.fields(
        where,
        json,
        name -> {
          switch (name) {
            case "name" -> output.setName(JsonObjects.text(where + ".name", json));
            case "parameters" ->
                parameters.putAll(JsonObjects.parameters(where + ".parameters", json));
            default -> json.skipChildren();
          }
        });
    if (output.getName().isEmpty()) {
      throw new MalformedException(where + ".name is missing");
    }
    InferParameter binary = parameters.remove("binary_data");
    if (binary != null) {
      binaryOutputs.put(
          output.getName(), JsonObjects.bool(where + ".parameters.binary_data", binary));
    }
    request.addOutputs(output.putAllParameters(parameters));
  }

  /** One input while its fields are read, in whatever order they come. */
  private final class Input {
    private final String where;
    private final InferInputTensor.Builder tensor = InferInputTensor.newBuilder();
    private final SortedMap<String, InferParameter> parameters = new TreeMap<>();
    private @Nullable Datatype datatype;
    private @Nullable RawTensor data;
    private long laterDataOffset = NO_BINARY;
    private boolean shaped;

    Input(String where) {
      this.where = where;
    }

    void field(String name, JsonParser json)
        throws IOException, MalformedException, RefusedException {
      switch (name) {
        case "name" -> tensor.setName(JsonObjects.text(where + ".name", json));
        case "datatype" -> datatype = datatype(where, json);
        case "shape" -> {
          shape(where, json, tensor);
          shaped = true;
        }
        case "parameters" -> parameters.putAll(JsonObjects.parameters(where + ".parameters", json));
        case "data" -> data(json);
        default -> json.skipChildren();
      }
    }

    private void data(JsonParser json) throws IOException, MalformedException, RefusedException {
      Datatype type = datatype;
      if (type != null) {
        RawTensor raw = new RawTensor(where + ".data", type, maxBytes);
        raw.add(json);
        data = raw;
      } else {
        // Its type comes later: it is read then, from here.
        laterDataOffset = json.currentTokenLocation().getByteOffset();
        json.skipChildren();
      }
    }

    void end() throws IOException, MalformedException, RefusedException {
      Datatype type = datatype;
      if (tensor.getName().isEmpty()) {
        throw new MalformedException(where + ".name is missing");
      }
      if (type == null) {
        throw new MalformedException(where + ".datatype is missing");
      }
      if (!shaped) {
        throw new MalformedException(where + ".shape is missing");
      }
      if (data == null && laterDataOffset >= 0) {
        int offset = (int) laterDataOffset;
        try (JsonParser json = JSON.createParser(body, offset, jsonBytes - offset)) {
          json.nextToken();
          data(json);
        }
      }
      InferParameter binary = parameters.remove("binary_data_size");
      request.addRawInputContents(contents(binary));
      request.addInputs(tensor.setDatatype(type.name()).putAllParameters(parameters).build());
    }

    private ByteString contents(@Nullable InferParameter binary) throws MalformedException {
      RawTensor read = data;
      if (binary != null) {
        if (read != null) {
          throw new MalformedException(
              where + ": data and parameters.binary_data_size exclude each other");
        }
        return binary(where, JsonObjects.whole(where + ".parameters.binary_data_size", binary));
      }
      if (read == null) {
        throw new MalformedException(
            where + ".data is missing, and so is parameters.binary_data_size");
      }
      requireCount(read);
      return read.bytes();
    }

    private void requireCount(RawTensor read) throws MalformedException {
      long wanted = 1;
      for (long d : tensor.getShapeList()) {
        wanted = d == 0 || wanted > Long.MAX_VALUE / d ? Long.MAX_VALUE : wanted * d;
      }
      if (tensor.getShapeList().contains(0L)) {
        wanted = 0;
      }
      if (read.elements() != wanted) {
        throw new MalformedException(
            "%s.data has %d elements, but the shape %s needs %d"
                .formatted(where, read.elements(), tensor.getShapeList(), wanted));
      }
    }
  }

  private void input(String where, JsonParser json)
      throws IOException, MalformedException, RefusedException {
    Input input = new Input(where);
    JsonObjects.fields(where, json, name -> input.field(name, json));
    input.end();
  }

  private ByteString binary(String where, long size) throws MalformedException {
    if (size > body.length - binaryStart) {
      throw new MalformedException(
          "%s.parameters.binary_data_size is %d, but only %d bytes are left after the JSON"
              .formatted(where, size, body.length - binaryStart));
    }
    ByteString piece = UnsafeByteOperations.unsafeWrap(body, binaryStart, (int) size);
    binaryStart += (int) size;
    return piece;
  }

  private static void shape(String where, JsonParser json, InferInputTensor.Builder tensor)
      throws IOException, MalformedException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new MalformedException(where + ".shape must be a list of whole numbers");
    }
    tensor.clearShape();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || json.getLongValue() < 0) {
        throw new MalformedException(
            where + ".shape must be a list of whole numbers from 0, not of " + json.getText());
      }
      if (tensor.getShapeCount() == MAX_RANK) {
        throw new MalformedException(where + ".shape has more than " + MAX_RANK + " dimensions");
      }
      tensor.addShape(json.getLongValue());
    }
  }

  private static Datatype datatype(String where, JsonParser json)
      throws IOException, MalformedException {
    String name = JsonObjects.text(where + ".datatype", json);
    try {
      return Datatype.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(
          "%s.datatype: unknown %s; known: %s"
              .formatted(where, Excerpt.of(name), List.of(Datatype.values())),
          e);
    }
  }
}
