// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.util.ArrayList;
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
 * @param preprocess what turns an encoded image into the only input; empty where requests bring
 *     tensors
 * @param postprocess what makes classes of the first output; empty where clients get outputs only
 */
public record Manifest(
    String name,
    long version,
    String engine,
    List<File> files,
    List<TensorSpec> inputs,
    List<TensorSpec> outputs,
    SortedMap<String, String> parameters,
    List<Step> preprocess,
    List<Step> postprocess) {
  /** The output that {@code postprocess} adds. */
  public static final String CLASSIFICATION = "classification";

  private static final int MAX_STEPS = 16;
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
    preprocess = List.copyOf(preprocess);
    postprocess = List.copyOf(postprocess);
    if (Math.max(preprocess.size(), postprocess.size()) > MAX_STEPS) {
      throw new IllegalArgumentException(
          "preprocess and postprocess have at most " + MAX_STEPS + " steps each");
    }
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "model '" + name + "' needs at least one input and one output");
    }
    requireDistinct("input", inputs.stream().map(TensorSpec::name).toList());
    requireDistinct("output", outputs.stream().map(TensorSpec::name).toList());
    if (!preprocess.isEmpty() && inputs.size() != 1) {
      throw new IllegalArgumentException(
          "preprocess needs a model with one input, this has " + inputs.size());
    }
    if (!postprocess.isEmpty()
        && outputs.stream().anyMatch(output -> output.name().equals(CLASSIFICATION))) {
      throw new IllegalArgumentException(
          "postprocess gives an output '" + CLASSIFICATION + "', which the model has already");
    }
  }

  /** A model without steps before or after it. */
  public Manifest(
      String name,
      long version,
      String engine,
      List<File> files,
      List<TensorSpec> inputs,
      List<TensorSpec> outputs,
      SortedMap<String, String> parameters) {
    this(name, version, engine, files, inputs, outputs, parameters, List.of(), List.of());
  }

  /**
   * What a request brings: with {@code preprocess} the input under its name as BYTES [batch], each
   * element one encoded image; else the declared inputs. A request may bring the declared input
   * instead of images: its datatype tells.
   */
  public List<TensorSpec> clientInputs() {
    if (preprocess.isEmpty()) {
      return inputs;
    }
    TensorSpec input = inputs.get(0);
    return List.of(new TensorSpec(input.name(), Datatype.BYTES, input.shape().subList(0, 1)));
  }

  /**
   * What an answer holds: the declared outputs and, with {@code postprocess}, {@value
   * #CLASSIFICATION} as BYTES [batch, k], the likeliest class first, each as {@code score:index} or
   * {@code score:index:label}.
   */
  public List<TensorSpec> clientOutputs() {
    if (postprocess.isEmpty()) {
      return outputs;
    }
    List<TensorSpec> all = new ArrayList<>(outputs);
    long batch = outputs.get(0).shape().get(0);
    all.add(new TensorSpec(CLASSIFICATION, Datatype.BYTES, List.of(batch, -1L)));
    return all;
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
