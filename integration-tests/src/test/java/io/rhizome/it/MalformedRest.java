// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Makes requests over REST for digits that are each wrong in one way. */
final class MalformedRest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String JSON_BYTES = "Inference-Header-Content-Length";
  private static final String INFER = "/v2/models/digits/infer";
  private static final List<String> NO_NUMBERS =
      List.of("\"x\"", "null", "true", "{}", "\"\"", "1e99", "-1e400", "{\"a\":[1]}");

  private final RandomGenerator random;
  private final ByteString pixels;
  private final List<Function<ObjectNode, Request>> ways =
      List.of(
          this::cutOff,
          this::withoutASign,
          this::withoutAField,
          this::withAWrongType,
          this::withAWrongShape,
          this::withAWrongDatatype,
          this::withAWrongName,
          this::withAWrongElement,
          this::withAWrongNumberOfElements,
          this::withAWrongParameter,
          this::withAnUnknownOutput,
          this::withWrongInputs,
          this::ofNonsense,
          this::toAWrongPath,
          this::withAWrongHeaderLength,
          this::withAWrongBinarySize,
          this::withAWrongEncoding);

  /**
   * One request.
   *
   * @param kind how it is wrong
   * @param names at least one of these is in the complaint
   */
  @SuppressWarnings("ArrayRecordComponent") // Sent once; never compared.
  record Request(
      String kind,
      String path,
      byte[] body,
      SortedMap<String, String> headers,
      List<String> names) {
    private static Request of(String kind, JsonNode body, String... names) {
      return of(kind, body.toString().getBytes(StandardCharsets.UTF_8), names);
    }

    private static Request of(String kind, byte[] body, String... names) {
      return new Request(kind, INFER, body, new TreeMap<>(), List.of(names));
    }

    private Request with(String header, String value) {
      headers.put(header, value);
      return this;
    }
  }

  MalformedRest(RandomGenerator random, ModelInferRequest good) {
    this.random = random;
    this.pixels = good.getRawInputContents(0);
  }

  Request next() {
    return ways.get(random.nextInt(ways.size())).apply(good());
  }

  private ObjectNode good() {
    ObjectNode body = JSON.objectNode();
    ObjectNode input = body.putArray("inputs").addObject();
    input.put("name", "pixels").put("datatype", "FP32");
    input.putArray("shape").add(1).add(1).add(8).add(8);
    ArrayNode data = input.putArray("data");
    FloatBuffer floats =
        pixels.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    while (floats.hasRemaining()) {
      data.add(floats.get());
    }
    return body;
  }

  private static ObjectNode input(ObjectNode body) {
    return (ObjectNode) body.path("inputs").path(0);
  }

  private Request cutOff(ObjectNode body) {
    String text = body.toString();
    byte[] cut = text.substring(0, random.nextInt(text.length())).getBytes(StandardCharsets.UTF_8);
    return Request.of("cut off", cut, "JSON");
  }

  private Request withoutASign(ObjectNode body) {
    StringBuilder text = new StringBuilder(body.toString());
    int at = random.nextInt(text.length());
    while ("{}[]:,\"".indexOf(text.charAt(at)) < 0) {
      at = (at + 1) % text.length();
    }
    byte[] without = text.deleteCharAt(at).toString().getBytes(StandardCharsets.UTF_8);
    return Request.of("without a sign", without, "JSON", "inputs");
  }

  private Request withoutAField(ObjectNode body) {
    String field = pick("name", "datatype", "shape", "data");
    input(body).remove(field);
    return Request.of("without " + field, body, "inputs[0]." + field);
  }

  private Request withAWrongType(ObjectNode body) {
    if (random.nextInt(5) == 0) {
      body.set("id", JSON.numberNode(random.nextLong()));
      return Request.of("a number as id", body, "id");
    }
    String field = pick("name", "datatype", "shape", "data");
    JsonNode wrong =
        field.equals("name") || field.equals("datatype")
            ? JSON.numberNode(random.nextInt())
            : JSON.textNode("x" + random.nextInt(1000));
    input(body).set(field, wrong);
    return Request.of(field + " of a wrong type", body, "inputs[0]." + field);
  }

  private Request withAWrongShape(ObjectNode body) {
    ArrayNode shape = JSON.arrayNode();
    int rank = random.nextInt(7);
    for (int i = 0; i < rank; i++) {
      shape.add(
          switch (random.nextInt(4)) {
            case 0 -> JSON.numberNode(random.nextLong());
            case 1 -> JSON.numberNode(-random.nextInt(1, 100));
            case 2 -> JSON.numberNode(random.nextDouble());
            default -> JSON.numberNode(random.nextInt(1, 8));
          });
    }
    if (random.nextInt(4) == 0) {
      shape = JSON.arrayNode().add(8).add(8);
    }
    input(body).set("shape", shape);
    return Request.of(
        "shape " + shape, body, "inputs[0].shape", "inputs[0].data", "input 'pixels'");
  }

  private Request withAWrongDatatype(ObjectNode body) {
    String datatype = pick("FP64", "FP16", "BF16", "INT32", "BYTES", "BOOL", "FP33", "fp32", "");
    input(body).put("datatype", datatype);
    return Request.of("datatype " + datatype, body, "inputs[0].da", "input 'pixels'");
  }

  private Request withAWrongName(ObjectNode body) {
    String name = word(1 + random.nextInt(200));
    input(body).put("name", name);
    return Request.of("input name", body, "unknown input '" + name.substring(0, 1));
  }

  private Request withAWrongElement(ObjectNode body) {
    String text = body.toString();
    int start = text.indexOf("\"data\":[") + "\"data\":[".length();
    String wrong = NO_NUMBERS.get(random.nextInt(NO_NUMBERS.size()));
    String whole = text.substring(0, start) + wrong + text.substring(text.indexOf(',', start));
    return Request.of("element " + wrong, whole.getBytes(StandardCharsets.UTF_8), "inputs[0].data");
  }

  private Request withAWrongNumberOfElements(ObjectNode body) {
    ArrayNode data = (ArrayNode) input(body).path("data");
    if (random.nextBoolean()) {
      int left = random.nextInt(64);
      while (data.size() > left) {
        data.remove(data.size() - 1);
      }
    } else {
      for (int i = random.nextInt(1, 100); i > 0; i--) {
        data.add(random.nextFloat());
      }
    }
    return Request.of(data.size() + " elements", body, "inputs[0].data");
  }

  private Request withAWrongParameter(ObjectNode body) {
    String name = pick("timeout", "binary_data_output", "other");
    JsonNode wrong =
        switch (name) {
          case "timeout" -> JSON.numberNode(-1L - random.nextInt(1000));
          case "binary_data_output" -> JSON.textNode("yes");
          default -> JSON.arrayNode().add(1);
        };
    body.putObject("parameters").set(name, wrong);
    return Request.of("parameter " + name, body, "parameters." + name);
  }

  private Request withAnUnknownOutput(ObjectNode body) {
    ObjectNode output = body.putArray("outputs").addObject();
    if (random.nextBoolean()) {
      output.put("name", word(1 + random.nextInt(30)));
      return Request.of("unknown output", body, "unknown output");
    }
    output.put(pick("named", "parameters"), 1);
    return Request.of("output without a name", body, "outputs[0]");
  }

  private Request withWrongInputs(ObjectNode body) {
    switch (random.nextInt(4)) {
      case 0 -> body.putArray("inputs");
      case 1 -> body.put("inputs", random.nextInt());
      case 2 -> ((ArrayNode) body.path("inputs")).add(input(body).deepCopy());
      default -> ((ArrayNode) body.path("inputs")).add(random.nextInt());
    }
    return Request.of("wrong inputs", body, "input");
  }

  private Request ofNonsense(ObjectNode body) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    if (bytes.length > 0) {
      // Not by chance an image, nor anything else that JSON could begin with.
      bytes[0] = 1;
    }
    if (random.nextInt(10) == 0) {
      bytes = "[".repeat(random.nextInt(1, 100_000)).getBytes(StandardCharsets.UTF_8);
    }
    return Request.of("nonsense instead of " + body.size() + " fields", bytes, "JSON");
  }

  private Request toAWrongPath(ObjectNode body) {
    String model = word(1 + random.nextInt(80));
    String version = pick("0", "-1", "x", "9999999999999999999", "1.0");
    boolean wrongModel = random.nextBoolean();
    String path =
        wrongModel
            ? "/v2/models/" + model + "/infer"
            : "/v2/models/digits/versions/" + version + "/infer";
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    String named = wrongModel ? model.substring(0, 1) : "model_version";
    return new Request("path " + path, path, bytes, new TreeMap<>(), List.of(named));
  }

  private byte[] binaryBody(long claimed, ByteString binary) {
    ObjectNode body = good();
    input(body).remove("data");
    input(body).putObject("parameters").put("binary_data_size", claimed);
    return ByteString.copyFromUtf8(body.toString()).concat(binary).toByteArray();
  }

  private Request withAWrongHeaderLength(ObjectNode body) {
    byte[] whole = binaryBody(pixels.size(), pixels);
    int right = whole.length - pixels.size();
    String length =
        switch (random.nextInt(4)) {
          case 0 -> word(1 + random.nextInt(10));
          case 1 -> String.valueOf(-random.nextInt(1, 100_000));
          case 2 -> String.valueOf(whole.length + 1 + random.nextInt(100_000));
          default -> String.valueOf(random.nextInt(right));
        };
    return Request.of("header length instead of " + body.size(), whole, JSON_BYTES, "JSON")
        .with(JSON_BYTES, length);
  }

  private Request withAWrongBinarySize(ObjectNode body) {
    boolean wrongClaim = random.nextBoolean();
    long claimed = wrongClaim ? random.nextInt(256) : pixels.size();
    ByteString sent = wrongClaim ? pixels : pixels.substring(0, random.nextInt(256));
    byte[] whole = binaryBody(claimed, sent);
    return Request.of("binary size instead of " + body.size(), whole, "binary_data_size")
        .with(JSON_BYTES, String.valueOf(whole.length - sent.size()));
  }

  private Request withAWrongEncoding(ObjectNode body) {
    String encoding = pick("gzip", "deflate", "br", "zstd", "x");
    return Request.of("encoding " + encoding, body, "Content-Encoding")
        .with("Content-Encoding", encoding);
  }

  private String pick(String... of) {
    return of[random.nextInt(of.length)];
  }

  private String word(int length) {
    StringBuilder word = new StringBuilder("q");
    while (word.length() < length) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }

  /** What a complaint says; empty where it is none. */
  static String complaint(byte[] body) {
    try {
      return MAPPER.readTree(body).path("error").asText();
    } catch (java.io.IOException e) {
      return "";
    }
  }
}
