// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StepTest {
  @Test
  void readsStepsAsPeopleWriteThem() {
    assertThat(Step.parseAll(" decode(gray)\n resize( 8, 8 ) softmax "))
        .containsExactly(
            new Step("decode", List.of("gray")),
            new Step("resize", List.of("8", "8")),
            new Step("softmax", List.of()));
    assertThat(Step.parseAll(" ")).isEmpty();
  }

  @Test
  void showsWhereItStoppedUnderstanding() {
    refuses("decode(gray)resize(8,8)", "'decode(gray)resize(8,8)'");
    refuses("softmax resize(8,8", "'resize(8,8'");
    refuses("softmax, topk(1)", "'softmax, topk(1)'");
    refuses("softmax topk((1))", "'topk((1))'");
    refuses("topk(1,)", "'topk'", "1 to 256 characters");
    refuses("topk()", "'topk'", "1 to 256 characters");
    refuses("a".repeat(33), "1 to 32 lower-case letters");
  }

  @Test
  void boundsItsArguments() {
    List<String> many = Collections.nCopies(4_097, "a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Step("topk", many))
        .withMessageContaining("4097 arguments, at most 4096");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Step("topk", List.of("red\u001b[31m")))
        .withMessageContaining("no control characters");
  }

  @Test
  void aModelWithStepsTakesImagesAndGivesClasses() {
    Manifest plain = manifest("x:FP32[4,1,8,8]", "y:FP32[4,10]", "", "");
    assertThat(plain.clientInputs()).isEqualTo(plain.inputs());
    assertThat(plain.clientOutputs()).isEqualTo(plain.outputs());

    Manifest steps = manifest("x:FP32[4,1,8,8]", "y:FP32[4,10]", "decode(gray)", "topk(3)");
    assertThat(steps.clientInputs()).containsExactly(TensorSpec.parse("x:BYTES[4]"));
    assertThat(steps.clientOutputs())
        .containsExactly(
            TensorSpec.parse("y:FP32[4,10]"), TensorSpec.parse("classification:BYTES[4,-1]"));
  }

  @Test
  void refusesStepsThatDoNotFitTheModelsTensors() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> manifest("a:FP32[1] b:FP32[1]", "y:FP32[1]", "decode(gray)", ""))
        .withMessageContaining("one input, this has 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> manifest("a:FP32[1]", "classification:FP32[1,2]", "", "topk(1)"))
        .withMessageContaining("'classification', which the model has already");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> manifest("a:FP32[1]", "y:FP32[1]", "s ".repeat(17), ""))
        .withMessageContaining("at most 16 steps");
  }

  private static Manifest manifest(String inputs, String outputs, String before, String after) {
    return new Manifest(
        "m",
        1,
        "echo",
        List.of(),
        specs(inputs),
        specs(outputs),
        new TreeMap<>(),
        Step.parseAll(before),
        Step.parseAll(after));
  }

  private static List<TensorSpec> specs(String text) {
    return List.of(text.split(" ")).stream().map(TensorSpec::parse).toList();
  }

  private static void refuses(String text, String... words) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Step.parseAll(text))
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }
}
