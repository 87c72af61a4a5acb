// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What an inference answer says, read the way a client reads it. */
public final class Answers {
  private Answers() {}

  /** The values of the first output, FP32, whether they came raw or typed. */
  public static float[] floats(ModelInferResponse answer) {
    if (answer.getRawOutputContentsCount() > 0) {
      FloatBuffer values =
          answer
              .getRawOutputContents(0)
              .asReadOnlyByteBuffer()
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      float[] floats = new float[values.remaining()];
      values.get(floats);
      return floats;
    }
    List<Float> typed =
        answer.getOutputsCount() == 0
            ? List.of()
            : answer.getOutputs(0).getContents().getFp32ContentsList();
    float[] floats = new float[typed.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = typed.get(i);
    }
    return floats;
  }

  /** The elements of output {@code index}, BYTES, raw. */
  public static List<String> strings(ModelInferResponse answer, int index) {
    ByteBuffer data =
        answer.getRawOutputContents(index).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    List<String> strings = new ArrayList<>();
    while (data.hasRemaining()) {
      byte[] string = new byte[data.getInt()];
      data.get(string);
      strings.add(new String(string, StandardCharsets.UTF_8));
    }
    return strings;
  }

  /** The name of the node whose engine answered; empty if the answer does not say. */
  public static String servedBy(ModelInferResponse answer) {
    return parameter(answer, "rhizome_served_by");
  }

  /** The nodes it went through, the entry first, with arrows between them. */
  public static String path(ModelInferResponse answer) {
    return String.join(" > ", nodes(answer));
  }

  /** The names of the nodes it went through, the entry first. */
  public static List<String> nodes(ModelInferResponse answer) {
    String path = parameter(answer, "rhizome_path");
    return path.isEmpty() ? List.of() : List.of(path.split(",", -1));
  }

  private static String parameter(ModelInferResponse answer, String name) {
    return answer.containsParameters(name)
        ? answer.getParametersOrThrow(name).getStringParam()
        : "";
  }
}
