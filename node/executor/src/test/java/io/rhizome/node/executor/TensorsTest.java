// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Datatype;
import io.rhizome.store.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TensorsTest {
  private static final List<TensorSpec> SPECS =
      List.of(
          TensorSpec.parse("a:FP32[-1,2]"),
          TensorSpec.parse("b:INT64[-1]"),
          TensorSpec.parse("s:BYTES[2]"));

  private static final Tensor A = tensor("a", Datatype.FP32, 16, 2, 2);
  private static final Tensor B = tensor("b", Datatype.INT64, 16, 2);
  private static final Tensor S = strings("s", List.of(2L), 1, 'x', 0);

  private static Tensor tensor(String name, Datatype type, int bytes, long... shape) {
    List<Long> dimensions = java.util.Arrays.stream(shape).boxed().toList();
    return new Tensor(name, type, dimensions, ByteBuffer.allocate(bytes));
  }

  /** Lengths and characters: a character is one byte, any other number a length. */
  private static Tensor strings(String name, List<Long> shape, Object... parts) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    for (Object part : parts) {
      if (part instanceof Character c) {
        data.put((byte) c.charValue());
      } else {
        data.putInt((Integer) part);
      }
    }
    return new Tensor(name, Datatype.BYTES, shape, data.flip());
  }

  @Test
  void putsInputsInTheManifestsOrder() throws Exception {
    assertThat(Tensors.inputs(SPECS, List.of(S, B, A))).containsExactly(A, B, S);
  }

  @Test
  void readsOnlyBetweenPositionAndLimit() throws Exception {
    ByteBuffer data = ByteBuffer.allocate(100).position(10).limit(26);
    Tensor offset = new Tensor("a", Datatype.FP32, List.of(2L, 2L), data);
    assertThat(Tensors.inputs(SPECS, List.of(offset, B, S))).contains(offset);
    assertThat(data.position()).isEqualTo(10);
  }

  static Stream<Arguments> badInputs() {
    return Stream.of(
        bad("input 'b' is missing; expected [a, b, s]", A, S),
        bad("unknown input 'c'; expected [a, b, s]", A, B, S, tensor("c", Datatype.FP32, 4, 1)),
        bad("input 'a' is given twice", A, A, B, S),
        bad(
            "input 'a': expected datatype FP32, got INT32",
            tensor("a", Datatype.INT32, 16, 2, 2),
            B,
            S),
        bad(
            "input 'a': expected shape [-1, 2], got [2, 3]",
            tensor("a", Datatype.FP32, 24, 2, 3),
            B,
            S),
        bad("input 'a': expected shape [-1, 2], got [4]", tensor("a", Datatype.FP32, 16, 4), B, S),
        bad(
            "input 'a': expected shape [-1, 2], got [0, 2]",
            tensor("a", Datatype.FP32, 0, 0, 2),
            B,
            S),
        bad(
            "input 'a': expected shape [-1, 2], got [-1, 2]",
            tensor("a", Datatype.FP32, 16, -1, 2),
            B,
            S),
        bad(
            "input 'a': expected 16 bytes for shape [2, 2], got 15",
            tensor("a", Datatype.FP32, 15, 2, 2),
            B,
            S),
        bad(
            "input 'a': expected 16 bytes for shape [2, 2], got 20",
            tensor("a", Datatype.FP32, 20, 2, 2),
            B,
            S),
        bad(
            "has more elements than fit in memory",
            tensor("a", Datatype.FP32, 8, Long.MAX_VALUE, 2),
            B,
            S),
        bad("is too large", tensor("a", Datatype.FP32, 8, 1L << 31, 2), B, S),
        bad(
            "input 'b': expected batch size 2, as input 'a' has, got 3",
            A,
            tensor("b", Datatype.INT64, 24, 3),
            S),
        bad(
            "input 's': expected 2 byte strings, the data ends after 1",
            A,
            B,
            strings("s", List.of(2L), 1, 'x')),
        bad(
            "input 's': byte string 1 claims 4294967295 bytes where 0 are left",
            A,
            B,
            strings("s", List.of(2L), 0, -1)),
        bad(
            "input 's': byte string 0 claims 9 bytes where 1 are left",
            A,
            B,
            strings("s", List.of(2L), 9, 'x')),
        bad(
            "input 's': expected 2 byte strings, 1 bytes follow them",
            A,
            B,
            strings("s", List.of(2L), 0, 0, 'x')));
  }

  private static Arguments bad(String message, Tensor... inputs) {
    return Arguments.of(message, List.of(inputs));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badInputs")
  void saysWhichInputIsWrongAndHow(String message, List<Tensor> inputs) {
    assertThatThrownBy(() -> Tensors.inputs(SPECS, inputs))
        .hasMessageContaining(message)
        .extracting(e -> ((InferenceException) e).code())
        .isEqualTo(Code.INVALID_ARGUMENT);
  }

  @Test
  void cutsLongNamesInMessages() {
    Tensor strange = tensor("n".repeat(10_000), Datatype.FP32, 4, 1);
    assertThatThrownBy(() -> Tensors.inputs(SPECS, List.of(strange)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
  }

  @Test
  void acceptsOnlyKnownOutputNames() throws Exception {
    Tensors.requireOutputs(SPECS, List.of("a", "s"));
    assertThatThrownBy(() -> Tensors.requireOutputs(SPECS, List.of("a", "z")))
        .hasMessage("unknown output 'z'; expected [a, b, s]");
  }

  @Test
  void makesZerosAsDeclared() throws Exception {
    assertThat(Tensors.zeros(TensorSpec.parse("x:INT16[-1,3,-1]"), 4).shape())
        .containsExactly(4L, 3L, 1L);
    for (TensorSpec spec : SPECS) {
      Tensors.inputs(List.of(spec), List.of(Tensors.zeros(spec, 2)));
    }
  }
}
