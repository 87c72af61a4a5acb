// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rhizome.node.protocol.inference.InferParameter;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A prediction for people, or as the JSON of the Open Inference Protocol v2. */
final class InferResponseText {
  private static final int MAX_SHOWN = 16;
  private static final Pattern CLASS =
      Pattern.compile("(-?[0-9]+\\.[0-9]+|NaN|-?Infinity):([0-9]+)(?::(.+))?");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ModelInferResponse response;

  InferResponseText(ModelInferResponse response) {
    this.response = response;
  }

  ObjectNode json() {
    ObjectNode json = NODES.objectNode();
    json.put("model_name", response.getModelName());
    json.put("model_version", response.getModelVersion());
    json.put("id", response.getId());
    ObjectNode parameters = json.putObject("parameters");
    new TreeMap<>(response.getParametersMap())
        .forEach((name, value) -> parameters.set(name, parameter(value)));
    ArrayNode outputs = json.putArray("outputs");
    for (int i = 0; i < response.getOutputsCount(); i++) {
      var output = response.getOutputs(i);
      ObjectNode item = outputs.addObject();
      item.put("name", output.getName());
      item.put("datatype", output.getDatatype());
      ArrayNode shape = item.putArray("shape");
      output.getShapeList().forEach(shape::add);
      item.set("data", data(i));
    }
    return json;
  }

  /**
   * Prints the classes where the answer names them, a line for each row, else all outputs.
   *
   * @param inputs what the rows are of, in their order; named where there are several
   */
  void print(PrintWriter out, List<String> inputs) {
    List<List<String>> rows = classes();
    if (rows.isEmpty()) {
      printOutputs(out);
    }
    for (int i = 0; i < rows.size(); i++) {
      boolean named = rows.size() > 1 && rows.size() == inputs.size();
      out.println((named ? inputs.get(i) + ": " : "") + String.join(", ", rows.get(i)));
    }
    String by = string("rhizome_served_by");
    if (!by.isEmpty()) {
      out.println("served by " + by + " via " + string("rhizome_path").replace(",", " -> "));
    }
  }

  private void printOutputs(PrintWriter out) {
    out.println("model " + response.getModelName() + " version " + response.getModelVersion());
    for (int i = 0; i < response.getOutputsCount(); i++) {
      var output = response.getOutputs(i);
      ArrayNode data = data(i);
      String shown =
          StreamSupport.stream(data.spliterator(), false)
              .limit(MAX_SHOWN)
              .map(JsonNode::asText)
              .collect(Collectors.joining(" "));
      String rest =
          data.size() > MAX_SHOWN ? " ... (" + data.size() + " in all; --json shows them)" : "";
      out.println(
          output.getName()
              + " "
              + output.getDatatype()
              + output.getShapeList().toString().replace(" ", "")
              + ": "
              + shown
              + rest);
      List<Long> shape = output.getShapeList();
      if (output.getDatatype().equals(Datatype.FP32.name())
          && shape.size() == 2
          && shape.get(0) == 1
          && !data.isEmpty()) {
        out.println("  argmax " + argmax(data));
      }
    }
  }

  /** The classes of each row, as in {@code cat (0.998)}; empty where no output names them. */
  private List<List<String>> classes() {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < response.getOutputsCount(); i++) {
      var output = response.getOutputs(i);
      if (output.getName().equals(Manifest.CLASSIFICATION) && output.getShapeCount() == 2) {
        List<String> row = new ArrayList<>();
        for (JsonNode element : data(i)) {
          row.add(readable(element.asText()));
          if (row.size() == output.getShape(1)) {
            rows.add(row);
            row = new ArrayList<>();
          }
        }
      }
    }
    return rows;
  }

  /** {@code score:index} or {@code score:index:label} as people read it; else as it is. */
  private static String readable(String element) {
    Matcher parts = CLASS.matcher(element);
    if (!parts.matches()) {
      return element;
    }
    String label = parts.group(3) == null ? parts.group(2) : parts.group(3);
    return String.format(Locale.ROOT, "%s (%.3f)", label, Double.parseDouble(parts.group(1)));
  }

  private String string(String parameter) {
    return response
        .getParametersOrDefault(parameter, InferParameter.getDefaultInstance())
        .getStringParam();
  }

  private ArrayNode data(int index) {
    var output = response.getOutputs(index);
    return index < response.getRawOutputContentsCount()
        ? TensorJson.ofRaw(output.getDatatype(), response.getRawOutputContents(index))
        : TensorJson.ofContents(output.getContents());
  }

  private static int argmax(ArrayNode data) {
    int best = 0;
    for (int i = 1; i < data.size(); i++) {
      if (data.get(i).asDouble() > data.get(best).asDouble()) {
        best = i;
      }
    }
    return best;
  }

  private static JsonNode parameter(InferParameter parameter) {
    return switch (parameter.getParameterChoiceCase()) {
      case BOOL_PARAM -> NODES.booleanNode(parameter.getBoolParam());
      case INT64_PARAM -> NODES.numberNode(parameter.getInt64Param());
      case STRING_PARAM -> NODES.textNode(parameter.getStringParam());
      case DOUBLE_PARAM -> NODES.numberNode(parameter.getDoubleParam());
      case UINT64_PARAM -> NODES.numberNode(parameter.getUint64Param());
      case PARAMETERCHOICE_NOT_SET -> NODES.nullNode();
    };
  }
}
