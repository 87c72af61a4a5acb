// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a benchmark of several rows tells of them. */
public final class RowLines {
  private RowLines() {}

  /** Adds a row's method, in lines, under its name. */
  public static void addMethod(List<String> lines, String row, List<String> method) {
    lines.add(row + ": " + method.get(0));
    method.subList(1, method.size()).forEach(line -> lines.add("  " + line));
  }

  /** What is written of rows' readings, by row. */
  public static List<Map<String, Object>> written(Map<String, Map<String, Double>> readings) {
    List<Map<String, Object>> written = new ArrayList<>();
    readings.forEach(
        (row, values) -> {
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("row", row);
          line.putAll(values);
          written.add(line);
        });
    return written;
  }
}
