// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one benchmark found.
 *
 * @param name of the benchmark
 * @param method how it measured, line by line
 * @param quick whether windows were cut short: figures for a glance, not for a table
 * @param seed of whatever was random, 0 where nothing was
 * @param figures those of its closing line, in order
 * @param further figures that are no part of that line
 * @param rows all it measured, each value under a name that ends in its unit
 */
public record Result(
    String name,
    List<String> method,
    boolean quick,
    long seed,
    List<Figure> figures,
    List<Figure> further,
    List<Map<String, Object>> rows) {
  /** What a benchmark found whose figures are all in its closing line. */
  public Result(
      String name,
      List<String> method,
      boolean quick,
      long seed,
      List<Figure> figures,
      List<Map<String, Object>> rows) {
    this(name, method, quick, seed, figures, List.of(), rows);
  }

  /** The layout of the file. */
  @JsonPropertyOrder({
    "name",
    "quick",
    "seed",
    "commit",
    "dirty",
    "figures",
    "required",
    "requiredAtLeast",
    "machine",
    "method",
    "rows"
  })
  private record Written(
      String name,
      boolean quick,
      long seed,
      String commit,
      boolean dirty,
      Map<String, Object> figures,
      Map<String, Double> required,
      Map<String, Double> requiredAtLeast,
      Machine machine,
      List<String> method,
      List<Map<String, Object>> rows) {}

  /** All figures: those of the closing line, then the further ones. */
  List<Figure> allFigures() {
    return Stream.concat(figures.stream(), further.stream()).toList();
  }

  /** Whether every figure keeps its bar. */
  boolean holds() {
    return allFigures().stream().allMatch(Figure::holds);
  }

  /** {@code NAME key=value ...}: the line that a run ends with. */
  String closingLine() {
    StringBuilder line = new StringBuilder(name);
    figures.forEach(f -> line.append(' ').append(f.name()).append('=').append(f.text()));
    return line.toString();
  }

  /** Writes {@code NAME.json} into a directory, which is made if need be, and returns its path. */
  Path write(Path directory, Commit commit, Machine machine) throws IOException {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, Double> required = new LinkedHashMap<>();
    Map<String, Double> requiredAtLeast = new LinkedHashMap<>();
    for (Figure figure : allFigures()) {
      values.put(figure.name(), figure.json());
      Double atMost = figure.atMost();
      if (atMost != null) {
        required.put(figure.name(), atMost);
      }
      Double atLeast = figure.atLeast();
      if (atLeast != null) {
        requiredAtLeast.put(figure.name(), atLeast);
      }
    }
    Written written =
        new Written(
            name,
            quick,
            seed,
            commit.id(),
            commit.dirty(),
            values,
            required,
            requiredAtLeast,
            machine,
            method,
            rows);
    Files.createDirectories(directory);
    Path file = directory.resolve(name + ".json");
    String json =
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(written);
    Files.writeString(file, json + "\n");
    return file;
  }
}
