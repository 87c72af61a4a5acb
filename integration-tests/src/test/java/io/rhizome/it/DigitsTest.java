// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.InferParameter;
import io.rhizome.node.protocol.inference.InferTensorContents;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DigitsTest {
  private static final String PIXELS = "16" + ",0".repeat(62) + ",8";

  @Test
  void readsImagesScaledToOne(@TempDir Path directory) throws IOException {
    Digits digits = read(directory, PIXELS, "0,1,2,3,4,5,6,7,8,9.5");
    assertThat(digits.size()).isEqualTo(1);
    assertThat(digits.correctInPyTorch()).isEqualTo(1);
    ModelInferRequest typed = digits.typedRequest(0);
    assertThat(typed.getInputs(0).getContents().getFp32ContentsList())
        .hasSize(64)
        .startsWith(1f)
        .endsWith(0.5f);
    ByteBuffer raw = digits.rawRequest(0).getRawInputContents(0).asReadOnlyByteBuffer();
    assertThat(raw.remaining()).isEqualTo(256);
    assertThat(raw.order(ByteOrder.LITTLE_ENDIAN).getFloat(63 * 4)).isEqualTo(0.5f);
  }

  @Test
  void namesTheRowThatDoesNotFit(@TempDir Path directory) {
    assertThatThrownBy(() -> read(directory, "1,2,3", "0,0,0,0,0,0,0,0,0,1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("images[0] has 3 values, not 64");
  }

  @Test
  void namesTheFieldThatIsMissing(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("digits.json"), "{\"labels\":[1]}");
    assertThatThrownBy(() -> Digits.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no field scale");
  }

  @Test
  void comparesAnswersWithPyTorchsLogits(@TempDir Path directory) throws IOException {
    Digits digits = read(directory, PIXELS, "0,1,2,3,4,5,6,7,8,9.5");
    ModelInferResponse same = raw(0, 1, 2, 3, 4, 5, 6, 7, 8, 9.5f);
    assertThat(digits.isRight(0, same)).isTrue();
    assertThat(digits.difference(0, same)).isZero();
    ModelInferResponse off = typed(0, 1, 2, 3, 4, 5, 6, 9.75f, 8, 9.5f);
    assertThat(digits.isRight(0, off)).isFalse();
    assertThat(digits.difference(0, off)).isEqualTo(2.75);
  }

  @Test
  void missingValuesAndNansAreInfinitelyFar(@TempDir Path directory) throws IOException {
    Digits digits = read(directory, PIXELS, "0,1,2,3,4,5,6,7,8,9.5");
    assertThat(digits.difference(0, raw(1, 2))).isInfinite();
    assertThat(digits.difference(0, raw(Float.NaN, 1, 2, 3, 4, 5, 6, 7, 8, 9.5f))).isInfinite();
    assertThat(digits.difference(0, ModelInferResponse.getDefaultInstance())).isInfinite();
  }

  @Test
  void readsWhoServedAndByWhichPath() {
    ModelInferResponse answer =
        ModelInferResponse.newBuilder()
            .putParameters("rhizome_served_by", text("node-4"))
            .putParameters("rhizome_path", text("node-2,node-4"))
            .build();
    assertThat(Answers.servedBy(answer)).isEqualTo("node-4");
    assertThat(Answers.nodes(answer)).containsExactly("node-2", "node-4");
    assertThat(Answers.path(answer)).isEqualTo("node-2 > node-4");
    assertThat(Answers.nodes(ModelInferResponse.getDefaultInstance())).isEmpty();
  }

  private static InferParameter text(String value) {
    return InferParameter.newBuilder().setStringParam(value).build();
  }

  private static ModelInferResponse raw(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return ModelInferResponse.newBuilder().addRawOutputContents(ByteString.copyFrom(bytes)).build();
  }

  private static ModelInferResponse typed(float... values) {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    for (float value : values) {
      contents.addFp32Contents(value);
    }
    return ModelInferResponse.newBuilder()
        .addOutputs(ModelInferResponse.InferOutputTensor.newBuilder().setContents(contents))
        .build();
  }

  private static Digits read(Path directory, String pixels, String logits) throws IOException {
    String json =
        "{\"scale\":16,\"accuracy\":1,\"labels\":[9],\"images\":[["
            + pixels
            + "]],\"logits\":[["
            + logits
            + "]]}";
    return Digits.read(Files.writeString(directory.resolve("digits.json"), json));
  }
}
