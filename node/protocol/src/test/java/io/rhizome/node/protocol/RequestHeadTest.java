// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.InferParameter;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RequestHeadTest {
  private static ModelInferRequest.Builder request() {
    return ModelInferRequest.newBuilder()
        .setModelName("digits")
        .setModelVersion("3")
        .setId("r-1")
        .putParameters("p", InferParameter.newBuilder().setInt64Param(4).build())
        .addInputs(ModelInferRequest.InferInputTensor.newBuilder().setName("model_name"))
        .addRawInputContents(ByteString.copyFrom(new byte[4096]));
  }

  @Test
  void readsTheHeadAndSkipsTensors() throws Exception {
    RequestHead head = RequestHead.scan(request().build().toByteArray());
    assertThat(head).isEqualTo(new RequestHead("digits", "3", "r-1"));
    assertThat(head.version()).isEqualTo(3);
  }

  @Test
  void takesTheLastDuplicateInAnyOrderAsProtobufDoes() throws Exception {
    byte[] message =
        concat(
            ModelInferRequest.newBuilder().addRawInputContents(ByteString.EMPTY).build(),
            request().build(),
            ModelInferRequest.newBuilder().setModelName("other").build());
    assertThat(RequestHead.scan(message).modelName())
        .isEqualTo(ModelInferRequest.parseFrom(message).getModelName())
        .isEqualTo("other");
  }

  @Test
  void ignoresAKnownFieldNumberOfAnotherWireTypeAsProtobufDoes() throws Exception {
    byte[] message = {0x08, 0x05};
    assertThat(RequestHead.scan(message).modelName())
        .isEqualTo(ModelInferRequest.parseFrom(message).getModelName())
        .isEmpty();
  }

  @Test
  void refusesTruncatedBytesInvalidUtf8AndStrayGroups() {
    byte[] whole = request().build().toByteArray();
    byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 1);
    assertThatThrownBy(() -> RequestHead.scan(cut)).isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> RequestHead.scan(new byte[] {0x0a, 1, (byte) 0xff}))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> RequestHead.scan(new byte[] {0x0c}))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void refusesANameThatIsLongerThanAnyModels() {
    byte[] message = request().setModelName("m".repeat(65)).build().toByteArray();
    assertThatThrownBy(() -> RequestHead.scan(message))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("model_name has 65 characters");
  }

  @Test
  void refusesVersionsThatAreNoCounters() {
    for (String text : new String[] {"0", "-1", "v2", "1.0", "9".repeat(60)}) {
      assertThatThrownBy(() -> RequestHead.parseVersion(text))
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining("model_version");
    }
  }

  @Property
  void agreesWithTheFullParserOrRefusesOnAnyBytes(@ForAll @Size(max = 64) byte[] message)
      throws Exception {
    ModelInferRequest parsed;
    try {
      parsed = ModelInferRequest.parseFrom(message);
    } catch (IOException malformed) {
      return;
    }
    RequestHead head = RequestHead.scan(message);
    assertThat(head.modelName()).isEqualTo(parsed.getModelName());
    assertThat(head.modelVersion()).isEqualTo(parsed.getModelVersion());
    assertThat(head.id()).isEqualTo(parsed.getId());
  }

  private static byte[] concat(ModelInferRequest... messages) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ModelInferRequest message : messages) {
      message.writeTo(out);
    }
    return out.toByteArray();
  }
}
