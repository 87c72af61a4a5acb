// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Datatype;
import io.rhizome.store.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks tensors against what a manifest declares, before native code sees them. Values are not
 * looked at: NaN and infinities pass.
 */
final class Tensors {
  private static final int SHOWN = 64;
  private static final int LENGTH_PREFIX = 4;

  private Tensors() {}

  /**
   * The inputs in the order of {@code specs}, each as declared; {@code INVALID_ARGUMENT} names the
   * one that is not.
   */
  static List<Tensor> inputs(List<TensorSpec> specs, List<Tensor> given) throws InferenceException {
    List<Tensor> ordered = order(specs, given);
    long batch = -1;
    String batchOf = "";
    for (int i = 0; i < specs.size(); i++) {
      TensorSpec spec = specs.get(i);
      Tensor tensor = ordered.get(i);
      String mismatch = mismatch(spec, tensor);
      if (mismatch != null) {
        throw invalid("input '" + spec.name() + "': " + mismatch);
      }
      if (spec.shape().get(0) != -1) {
        continue;
      }
      long own = tensor.shape().get(0);
      if (batch != -1 && own != batch) {
        throw invalid(
            "input '"
                + spec.name()
                + "': expected batch size "
                + batch
                + ", as input '"
                + batchOf
                + "' has, got "
                + own);
      }
      batch = own;
      batchOf = spec.name();
    }
    return ordered;
  }

  private static List<Tensor> order(List<TensorSpec> specs, List<Tensor> given)
      throws InferenceException {
    if (specs.size() == 1 && given.size() == 1) {
      Tensor only = given.get(0);
      if (specs.get(0).name().equals(only.name())) {
        return given;
      }
    }
    Map<String, Tensor> byName = new HashMap<>();
    for (Tensor tensor : given) {
      if (specs.stream().noneMatch(s -> s.name().equals(tensor.name()))) {
        throw invalid("unknown input '" + shown(tensor.name()) + "'; expected " + names(specs));
      }
      if (byName.put(tensor.name(), tensor) != null) {
        throw invalid("input '" + tensor.name() + "' is given twice");
      }
    }
    List<Tensor> ordered = new ArrayList<>(specs.size());
    for (TensorSpec spec : specs) {
      Tensor tensor = byName.get(spec.name());
      if (tensor == null) {
        throw invalid("input '" + spec.name() + "' is missing; expected " + names(specs));
      }
      ordered.add(tensor);
    }
    return ordered;
  }

  /** Checks the names of wanted outputs; {@code INVALID_ARGUMENT} names an unknown one. */
  static void requireOutputs(List<TensorSpec> specs, List<String> wanted)
      throws InferenceException {
    for (String name : wanted) {
      if (specs.stream().noneMatch(s -> s.name().equals(name))) {
        throw invalid("unknown output '" + shown(name) + "'; expected " + names(specs));
      }
    }
  }

  /** The wanted ones of all outputs, in their order; all where none is named. */
  static List<Tensor> select(List<Tensor> outputs, List<String> wanted) {
    return wanted.isEmpty()
        ? outputs
        : outputs.stream().filter(t -> wanted.contains(t.name())).toList();
  }

  /** Says how a model's outputs differ from what it declares; null where they agree. */
  static @Nullable String outputMismatch(List<TensorSpec> specs, List<Tensor> outputs) {
    if (outputs.size() != specs.size()) {
      return "expected " + specs.size() + " outputs " + names(specs) + ", got " + outputs.size();
    }
    for (int i = 0; i < specs.size(); i++) {
      String mismatch = mismatch(specs.get(i), outputs.get(i));
      if (mismatch != null) {
        return "output '" + specs.get(i).name() + "': " + mismatch;
      }
    }
    return null;
  }

  private static @Nullable String mismatch(TensorSpec spec, Tensor tensor) {
    if (tensor.datatype() != spec.datatype()) {
      return "expected datatype " + spec.datatype() + ", got " + tensor.datatype();
    }
    if (!spec.accepts(tensor.shape())) {
      return "expected shape " + spec.shape() + ", got " + shown(tensor.shape().toString());
    }
    long elements;
    long bytes;
    try {
      elements = elements(tensor.shape());
      bytes = Math.multiplyExact(elements, (long) spec.datatype().elementBytes());
    } catch (ArithmeticException e) {
      return "shape " + tensor.shape() + " has more elements than fit in memory";
    }
    if (elements > Integer.MAX_VALUE || bytes > Integer.MAX_VALUE) {
      return "shape " + tensor.shape() + " is too large, at most 2147483647 bytes are taken";
    }
    if (spec.datatype() == Datatype.BYTES) {
      return malformedStrings(tensor.data(), elements);
    }
    int have = tensor.data().remaining();
    return have == bytes
        ? null
        : "expected " + bytes + " bytes for shape " + tensor.shape() + ", got " + have;
  }

  private static @Nullable String malformedStrings(ByteBuffer data, long elements) {
    ByteBuffer rest = data.slice().order(ByteOrder.LITTLE_ENDIAN);
    for (long i = 0; i < elements; i++) {
      if (rest.remaining() < LENGTH_PREFIX) {
        return "expected " + elements + " byte strings, the data ends after " + i;
      }
      int length = rest.getInt();
      if (length < 0 || length > rest.remaining()) {
        return "byte string "
            + i
            + " claims "
            + Integer.toUnsignedString(length)
            + " bytes where "
            + rest.remaining()
            + " are left";
      }
      rest.position(rest.position() + length);
    }
    return rest.hasRemaining()
        ? "expected " + elements + " byte strings, " + rest.remaining() + " bytes follow them"
        : null;
  }

  /**
   * A tensor of zeros (empty strings where {@code BYTES}) as declared, with {@code batch} for a
   * variable first dimension and 1 for any other.
   */
  static Tensor zeros(TensorSpec spec, long batch) {
    List<Long> shape = new ArrayList<>(spec.shape());
    for (int i = 0; i < shape.size(); i++) {
      if (shape.get(i) == -1) {
        shape.set(i, i == 0 ? batch : 1L);
      }
    }
    int unit = spec.datatype() == Datatype.BYTES ? LENGTH_PREFIX : spec.datatype().elementBytes();
    int bytes = Math.toIntExact(Math.multiplyExact(elements(shape), (long) unit));
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return new Tensor(spec.name(), spec.datatype(), shape, data);
  }

  private static long elements(List<Long> shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  private static String names(List<TensorSpec> specs) {
    return Arrays.toString(specs.stream().map(TensorSpec::name).toArray());
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  private static InferenceException invalid(String message) {
    return new InferenceException(Code.INVALID_ARGUMENT, message);
  }
}
