// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table of figures in the README, made from the results' files and from nothing else. */
final class ReadmeTable {
  private static final String BEGIN = "<!-- figures: made by `deploy/bench readme` -->";
  private static final String END = "<!-- end of figures -->";
  private static final int SHOWN_COMMIT = 10;

  private ReadmeTable() {}

  /** The README with its table as the results' files have it now. */
  static String update(String readme, Path results) throws IOException {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException("the README lacks the lines '" + BEGIN + "' and '" + END + "'");
    }
    return readme.substring(0, begin + BEGIN.length())
        + "\n"
        + render(results)
        + readme.substring(end);
  }

  private static String render(Path results) throws IOException {
    StringBuilder table =
        new StringBuilder("| benchmark | figure | measured | required | machine, commit |\n")
            .append("|---|---|---|---|---|\n");
    ObjectMapper json = new ObjectMapper();
    for (Path file : files(results)) {
      JsonNode result = json.readTree(file.toFile());
      for (Map.Entry<String, JsonNode> figure : result.get("figures").properties()) {
        table.append(row(result, figure.getKey(), figure.getValue()));
      }
    }
    return table.toString();
  }

  private static String row(JsonNode result, String figure, JsonNode value) {
    JsonNode machine = result.get("machine");
    List<String> cells = new ArrayList<>();
    cells.add("`" + result.get("name").asText() + "`");
    cells.add("`" + figure + "`");
    cells.add(text(value) + (result.get("quick").asBoolean() ? " (quick)" : ""));
    cells.add(
        Figure.bar(
            form(value),
            limit(result, "required", figure),
            limit(result, "requiredAtLeast", figure)));
    cells.add(
        "%s, %d cores, Java %s, %s"
            .formatted(
                machine.get("cpu").asText(),
                machine.get("cores").asInt(),
                machine.get("java").asText(),
                result.get("commit").asText().substring(0, SHOWN_COMMIT)));
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static Figure.Form form(JsonNode value) {
    if (value.isBoolean()) {
      return Figure.Form.TRUTH;
    }
    return value.isIntegralNumber() ? Figure.Form.COUNT : Figure.Form.MEASURE;
  }

  private static String text(JsonNode value) {
    return form(value) == Figure.Form.MEASURE ? Figure.text(value.asDouble()) : value.asText();
  }

  private static @Nullable Double limit(JsonNode result, String kind, String figure) {
    JsonNode limit = result.path(kind).path(figure);
    return limit.isMissingNode() ? null : Double.valueOf(limit.asDouble());
  }

  private static List<Path> files(Path results) throws IOException {
    try (Stream<Path> found = Files.list(results)) {
      return found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
