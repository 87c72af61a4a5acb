// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rhizome.node.text.Nearest;
import io.rhizome.store.Datatype;
import io.rhizome.store.Digest;
import io.rhizome.store.Manifest;
import io.rhizome.store.Step;
import io.rhizome.store.TensorSpec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Manifests as canonical JSON (RFC 8785: keys sorted, no white space, one form for each value), so
 * that a manifest has one digest whoever writes it. Numbers are integers of at most 2^53 - 1.
 *
 * <pre>
 * {"engine":"pytorch","files":[{"bytes":N,"name":"model.pt","sha256":"..."}],
 *  "inputs":[{"datatype":"FP32","name":"pixels","shape":[-1,1,8,8]}],"name":"digits",
 *  "outputs":[...],"parameters":{"key":"text"},
 *  "postprocess":[{"arguments":["1"],"op":"topk"}],"preprocess":[...],"version":1}
 * </pre>
 *
 * <p>{@code postprocess} and {@code preprocess} are left out where they are empty.
 *
 * <p>Pure; any thread.
 */
public final class ManifestJson {
  /** Largest manifest, encoded. */
  public static final int MAX_BYTES = 256 * 1024;

  /** Beyond it, not every integer is a JSON number of its own (RFC 7493). */
  static final long MAX_INTEGER = (1L << 53) - 1;

  private static final int MAX_DEPTH = 8;
  private static final List<String> FIELDS =
      List.of("engine", "files", "inputs", "name", "outputs", "parameters", "version");
  private static final List<String> OPTIONAL_FIELDS = List.of("postprocess", "preprocess");
  private static final List<String> STEP_FIELDS = List.of("arguments", "op");
  private static final List<String> FILE_FIELDS = List.of("bytes", "name", "sha256");
  private static final List<String> TENSOR_FIELDS = List.of("datatype", "name", "shape");

  private static final JsonFactory WRITER =
      new JsonFactoryBuilder().characterEscapes(new CanonicalEscapes()).build();
  private static final JsonMapper READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestJson() {}

  /** The canonical JSON; {@link IllegalArgumentException} for what JSON cannot say. */
  public static byte[] encode(Manifest manifest) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = WRITER.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("engine", manifest.engine());
      json.writeArrayFieldStart("files");
      for (Manifest.File file : manifest.files()) {
        json.writeStartObject();
        json.writeNumberField("bytes", requireExact("bytes", file.bytes()));
        json.writeStringField("name", file.name());
        json.writeStringField("sha256", file.digest().toString());
        json.writeEndObject();
      }
      json.writeEndArray();
      writeTensors(json, "inputs", manifest.inputs());
      json.writeStringField("name", manifest.name());
      writeTensors(json, "outputs", manifest.outputs());
      json.writeObjectFieldStart("parameters");
      for (Map.Entry<String, String> parameter : manifest.parameters().entrySet()) {
        json.writeStringField(parameter.getKey(), parameter.getValue());
      }
      json.writeEndObject();
      writeSteps(json, "postprocess", manifest.postprocess());
      writeSteps(json, "preprocess", manifest.preprocess());
      json.writeNumberField("version", requireExact("version", manifest.version()));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    byte[] encoded = text.toString().getBytes(StandardCharsets.UTF_8);
    if (!new String(encoded, StandardCharsets.UTF_8).equals(text.toString())) {
      throw new IllegalArgumentException("a name or parameter has half a surrogate pair in it");
    }
    return requireSize(encoded);
  }

  /**
   * Reads canonical JSON and nothing else; {@link IllegalArgumentException} names the field and
   * what it should be.
   */
  public static Manifest parse(byte[] canonicalJson) {
    requireSize(canonicalJson);
    JsonNode root;
    try {
      root = READER.readTree(canonicalJson);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the manifest is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
    requireFields("the manifest", root, FIELDS, OPTIONAL_FIELDS);
    Manifest manifest =
        new Manifest(
            text("name", root.get("name")),
            integer("version", root.get("version")),
            text("engine", root.get("engine")),
            list("files", root.get("files"), ManifestJson::file),
            list("inputs", root.get("inputs"), ManifestJson::tensor),
            list("outputs", root.get("outputs"), ManifestJson::tensor),
            parameters(root.get("parameters")),
            steps("preprocess", root),
            steps("postprocess", root));
    if (!Arrays.equals(encode(manifest), canonicalJson)) {
      throw new IllegalArgumentException(
          "the manifest is not canonical JSON (RFC 8785): sort its keys and its files by name, and"
              + " leave out white space and needless escapes");
    }
    return manifest;
  }

  private static void writeTensors(JsonGenerator json, String field, List<TensorSpec> tensors)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (TensorSpec tensor : tensors) {
      json.writeStartObject();
      json.writeStringField("datatype", tensor.datatype().name());
      json.writeStringField("name", tensor.name());
      json.writeArrayFieldStart("shape");
      for (long dimension : tensor.shape()) {
        json.writeNumber(requireExact("shape", dimension));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeSteps(JsonGenerator json, String field, List<Step> steps)
      throws IOException {
    if (steps.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart(field);
    for (Step step : steps) {
      json.writeStartObject();
      json.writeArrayFieldStart("arguments");
      for (String argument : step.arguments()) {
        json.writeString(argument);
      }
      json.writeEndArray();
      json.writeStringField("op", step.op());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static List<Step> steps(String field, JsonNode root) {
    if (!root.has(field)) {
      return List.of();
    }
    return list(
        field,
        root.get(field),
        node -> {
          requireFields("an entry of '" + field + "'", node, STEP_FIELDS, List.of());
          return new Step(
              text(field + ".op", node.get("op")),
              list(
                  field + ".arguments",
                  node.get("arguments"),
                  argument -> text(field + ".arguments", argument)));
        });
  }

  private static Manifest.File file(JsonNode node) {
    requireFields("an entry of 'files'", node, FILE_FIELDS, List.of());
    return new Manifest.File(
        text("files.name", node.get("name")),
        integer("files.bytes", node.get("bytes")),
        Digest.parse(text("files.sha256", node.get("sha256"))));
  }

  private static TensorSpec tensor(JsonNode node) {
    requireFields("an entry of 'inputs' or 'outputs'", node, TENSOR_FIELDS, List.of());
    String type = text("datatype", node.get("datatype"));
    List<String> known = Arrays.stream(Datatype.values()).map(Datatype::name).toList();
    if (!known.contains(type)) {
      throw new IllegalArgumentException(
          "unknown datatype '" + type + "'" + Nearest.suggestion("", type, known));
    }
    return new TensorSpec(
        text("name", node.get("name")),
        Datatype.valueOf(type),
        list("shape", node.get("shape"), dimension -> integer("shape", dimension)));
  }

  private static SortedMap<String, String> parameters(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("'parameters' must be an object");
    }
    SortedMap<String, String> parameters = new TreeMap<>();
    node.properties()
        .forEach(p -> parameters.put(p.getKey(), text("parameters." + p.getKey(), p.getValue())));
    return parameters;
  }

  private static <T> List<T> list(String field, JsonNode node, Function<JsonNode, T> element) {
    if (!node.isArray()) {
      throw new IllegalArgumentException("'" + field + "' must be a list");
    }
    List<T> elements = new ArrayList<>(node.size());
    node.forEach(child -> elements.add(element.apply(child)));
    return elements;
  }

  private static void requireFields(
      String what, JsonNode node, List<String> fields, List<String> optional) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(what + " must be an object with the fields " + fields);
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!fields.contains(field.getKey()) && !optional.contains(field.getKey())) {
        throw new IllegalArgumentException(
            "unknown field '%s' in %s%s"
                .formatted(field.getKey(), what, Nearest.suggestion("", field.getKey(), fields)));
      }
    }
    for (String field : fields) {
      if (!node.has(field)) {
        throw new IllegalArgumentException("field '" + field + "' is missing in " + what);
      }
    }
  }

  private static String text(String field, JsonNode node) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException("'" + field + "' must be a string, not " + node);
    }
    return node.textValue();
  }

  private static long integer(String field, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new IllegalArgumentException("'" + field + "' must be a whole number, not " + node);
    }
    return requireExact(field, node.longValue());
  }

  private static long requireExact(String field, long value) {
    if (Math.abs(value) > MAX_INTEGER) {
      throw new IllegalArgumentException("'" + field + "' must be at most 2^53 - 1: " + value);
    }
    return value;
  }

  private static byte[] requireSize(byte[] encoded) {
    if (encoded.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a manifest has at most " + MAX_BYTES + " bytes, not " + encoded.length);
    }
    return encoded;
  }
}
