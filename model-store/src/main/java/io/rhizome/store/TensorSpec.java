// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import java.util.List;
import java.util.Locale;

/**
 * One declared input or output of a model.
 *
 * @param name its name in requests and responses
 * @param datatype its element type
 * @param shape its dimensions; -1 stands for any size; the first is the batch
 */
public record TensorSpec(String name, Datatype datatype, List<Long> shape) {
  private static final int MAX_RANK = 16;

  public TensorSpec {
    if (name.isEmpty() || name.length() > 128) {
      throw new IllegalArgumentException("a tensor name has 1 to 128 characters: '" + name + "'");
    }
    shape = List.copyOf(shape);
    if (shape.isEmpty() || shape.size() > MAX_RANK) {
      throw new IllegalArgumentException(
          "tensor '" + name + "' needs 1 to 16 dimensions: " + shape);
    }
    for (long d : shape) {
      if (d < -1 || d == 0) {
        throw new IllegalArgumentException(
            "dimensions are -1 or at least 1 in tensor '" + name + "': " + shape);
      }
    }
  }

  /**
   * Reads {@code name:DATATYPE[d,d,...]}, as in {@code pixels:FP32[-1,1,8,8]}; {@link
   * IllegalArgumentException} says what is wrong.
   */
  public static TensorSpec parse(String text) {
    int colon = text.indexOf(':');
    int open = text.indexOf('[');
    if (colon <= 0 || open < colon || !text.endsWith("]")) {
      throw new IllegalArgumentException(
          "expected name:DATATYPE[dims], as in pixels:FP32[-1,1,8,8], got '" + text + "'");
    }
    String type = text.substring(colon + 1, open).trim();
    Datatype datatype;
    try {
      datatype = Datatype.valueOf(type.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "unknown datatype '" + type + "' in '" + text + "'; known: " + List.of(Datatype.values()),
          e);
    }
    try {
      List<Long> shape =
          List.of(text.substring(open + 1, text.length() - 1).split(",", -1)).stream()
              .map(d -> Long.parseLong(d.trim()))
              .toList();
      return new TensorSpec(text.substring(0, colon).trim(), datatype, shape);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("dimensions are whole numbers in '" + text + "'", e);
    }
  }

  /** Whether a tensor of this concrete shape fits. */
  public boolean accepts(List<Long> actual) {
    if (actual.size() != shape.size()) {
      return false;
    }
    for (int i = 0; i < shape.size(); i++) {
      long want = shape.get(i);
      long have = actual.get(i);
      if (have < 1 || (want != -1 && want != have)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return name + ":" + datatype + shape.toString().replace(" ", "");
  }
}
