// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.InferTensorContents;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.store.Datatype;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the JSON form of an Open Inference Protocol v2 request: {@code inputs} of name, datatype,
 * shape and data (nested or flat), optional {@code id} and {@code outputs}. Complaints are {@link
 * IllegalArgumentException} and name the field.
 */
final class InferRequestJson {
  private InferRequestJson() {}

  static ModelInferRequest parse(JsonNode json) {
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder();
    request.setId(json.path("id").asText(""));
    JsonNode inputs = json.path("inputs");
    if (!inputs.isArray() || inputs.isEmpty()) {
      throw new IllegalArgumentException(
          "'inputs' must be a list, as in"
              + " {\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],"
              + "\"data\":[1,2]}]}");
    }
    for (int i = 0; i < inputs.size(); i++) {
      request.addInputs(input("inputs[" + i + "]", inputs.get(i)));
    }
    for (JsonNode output : json.path("outputs")) {
      request.addOutputsBuilder().setName(text("outputs[].name", output.path("name")));
    }
    return request.build();
  }

  private static ModelInferRequest.InferInputTensor input(String where, JsonNode json) {
    ModelInferRequest.InferInputTensor.Builder input =
        ModelInferRequest.InferInputTensor.newBuilder();
    Datatype datatype = datatype(where, json.path("datatype"));
    long elements = 1;
    for (JsonNode dimension : array(where + ".shape", json.path("shape"))) {
      if (!dimension.canConvertToLong() || dimension.asLong() < 1) {
        throw new IllegalArgumentException(
            "'" + where + ".shape' must hold whole numbers of at least 1, not " + dimension);
      }
      elements *= dimension.asLong();
      input.addShape(dimension.asLong());
    }
    List<JsonNode> data = new ArrayList<>();
    flatten(array(where + ".data", json.path("data")), data);
    if (data.size() != elements) {
      throw new IllegalArgumentException(
          "'%s.data' has %d elements, but the shape %s needs %d"
              .formatted(where, data.size(), json.path("shape"), elements));
    }
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    for (JsonNode value : data) {
      add(where + ".data", datatype, value, contents);
    }
    return input
        .setName(text(where + ".name", json.path("name")))
        .setDatatype(datatype.name())
        .setContents(contents)
        .build();
  }

  private static void add(
      String where, Datatype datatype, JsonNode value, InferTensorContents.Builder contents) {
    try {
      switch (datatype) {
        case BOOL -> contents.addBoolContents(bool(value));
        case INT8 -> contents.addIntContents((int) whole(value, -0x80L, 0x7fL));
        case INT16 -> contents.addIntContents((int) whole(value, -0x8000L, 0x7fffL));
        case INT32 ->
            contents.addIntContents((int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
        case INT64 -> contents.addInt64Contents(whole(value, Long.MIN_VALUE, Long.MAX_VALUE));
        case UINT8 -> contents.addUintContents((int) whole(value, 0, 0xffL));
        case UINT16 -> contents.addUintContents((int) whole(value, 0, 0xffffL));
        case UINT32 -> contents.addUintContents((int) whole(value, 0, 0xffff_ffffL));
        case UINT64 -> contents.addUint64Contents(Long.parseUnsignedLong(value.asText()));
        case FP32 -> contents.addFp32Contents((float) real(value));
        case FP64 -> contents.addFp64Contents(real(value));
        case BYTES -> contents.addBytesContents(ByteString.copyFromUtf8(string(value)));
        case FP16, BF16 ->
            throw new IllegalArgumentException(datatype + " has no JSON form in this protocol");
      }
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + where + "': " + value + " is no " + datatype + ": " + e.getMessage(), e);
    }
  }

  private static boolean bool(JsonNode value) {
    if (!value.isBoolean()) {
      throw new IllegalArgumentException("expected true or false");
    }
    return value.asBoolean();
  }

  private static String string(JsonNode value) {
    if (!value.isTextual()) {
      throw new IllegalArgumentException("expected a string");
    }
    return value.asText();
  }

  private static double real(JsonNode value) {
    if (!value.isNumber()) {
      throw new IllegalArgumentException("expected a number");
    }
    return value.asDouble();
  }

  private static long whole(JsonNode value, long least, long most) {
    if (!value.isNumber()) {
      throw new IllegalArgumentException("expected a number");
    }
    long number = new BigDecimal(value.asText()).longValueExact();
    if (number < least || number > most) {
      throw new IllegalArgumentException("expected " + least + " to " + most);
    }
    return number;
  }

  private static void flatten(JsonNode node, List<JsonNode> into) {
    for (JsonNode item : node) {
      if (item.isArray()) {
        flatten(item, into);
      } else {
        into.add(item);
      }
    }
  }

  private static JsonNode array(String where, JsonNode node) {
    if (!node.isArray()) {
      throw new IllegalArgumentException("'" + where + "' must be a list");
    }
    return node;
  }

  private static String text(String where, JsonNode node) {
    if (!node.isTextual() || node.asText().isEmpty()) {
      throw new IllegalArgumentException("'" + where + "' must be a string");
    }
    return node.asText();
  }

  private static Datatype datatype(String where, JsonNode node) {
    String name = text(where + ".datatype", node);
    try {
      return Datatype.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'%s.datatype': unknown '%s'; known: %s"
              .formatted(where, name, List.of(Datatype.values())),
          e);
    }
  }
}
