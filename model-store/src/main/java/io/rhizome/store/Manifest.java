// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What one version of a model is. Its canonical JSON (RFC 8785) is signed, and the SHA-256 of that
 * JSON is the version's id.
 *
 * @param name letters, digits, dot, dash and underscore; 1 to 64 characters, a letter or digit
 *     first
 * @param version the version counter, at least 1; a newer one replaces an older one
 * @param engine which engine runs it: {@code pytorch}, {@code echo}, {@code timer}
 * @param files its files, ordered by name; the first of an engine's own kind is the model
 * @param inputs declared inputs, in the engine's argument order
 * @param outputs declared outputs, in the engine's result order
 * @param parameters engine parameters, as text
 */
public record Manifest(
    String name,
    long version,
    String engine,
    List<File> files,
    List<TensorSpec> inputs,
    List<TensorSpec> outputs,
    SortedMap<String, String> parameters) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  public Manifest {
    requireName("model name", name);
    requireName("engine", engine);
    if (version < 1) {
      throw new IllegalArgumentException("version must be at least 1: " + version);
    }
    files = files.stream().sorted(Comparator.comparing(File::name)).toList();
    requireDistinct("file", files.stream().map(File::name).toList());
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "model '" + name + "' needs at least one input and one output");
    }
    requireDistinct("input", inputs.stream().map(TensorSpec::name).toList());
    requireDistinct("output", outputs.stream().map(TensorSpec::name).toList());
  }

  /**
   * One file of a model.
   *
   * @param name its name, a single path element
   * @param bytes its size in bytes
   * @param digest the SHA-256 of its content
   */
  public record File(String name, long bytes, Digest digest) {
    public File {
      requireName("file name", name);
      if (bytes < 0) {
        throw new IllegalArgumentException("file '" + name + "' has a negative size");
      }
    }
  }

  private static void requireDistinct(String what, List<String> names) {
    SortedSet<String> seen = new TreeSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new IllegalArgumentException(what + " '" + name + "' is listed twice");
      }
    }
  }

  private static void requireName(String what, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          what
              + " must be 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first: '"
              + value
              + "'");
    }
  }
}
