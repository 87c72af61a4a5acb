// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static io.rhizome.it.Failures.statusOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.protocol.inference.ModelMetadataRequest;
import io.rhizome.node.protocol.inference.ModelMetadataResponse.TensorMetadata;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three nodes, one of which holds models that take pictures. */
final class ImagesIT {
  private static final Checkout CHECKOUT = Checkout.find();
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int NODES = 3;
  private static final int HOLDER = 1;
  private static final int BYSTANDER = 2;

  /** No message larger than this passes any port, a client's or a hop's. */
  private static final int MAX_MESSAGE_BYTES = 200_000;

  private static final int SIDE = 224;

  private static Digits digits;
  private static LocalMesh mesh;

  @BeforeAll
  static void startAMesh() throws Exception {
    digits = Digits.read(CHECKOUT.digitsTest());
    mesh = LocalMesh.found(CHECKOUT, NODES, List.of(), PortPlan.free(NODES, new Random()));
    mesh.useQuickJit();
    for (NodeProcess node : mesh.nodes()) {
      node.start("--set", "request.maxBytes=" + MAX_MESSAGE_BYTES);
    }
    mesh.awaitReady();
    mesh.awaitMembers();
    mesh.pushPictureDigits(HOLDER);
    mesh.awaitHolders(Digits.MODEL, 1);
  }

  @AfterAll
  static void stopIt() {
    mesh.close();
  }

  @Test
  void aPictureSentAsCurlSendsItIsAnsweredInJsonByANodeThatHoldsNothing() throws Exception {
    String word =
        Answers.strings(mesh.client(HOLDER).infer(digits.imageRequest(7), LIMIT), 1).get(0);
    URI infer =
        URI.create(
            "http://127.0.0.1:" + mesh.node(BYSTANDER).httpPort() + "/v2/models/digits/infer");
    for (String type : List.of("application/x-www-form-urlencoded", "image/png")) {
      HttpRequest request =
          HttpRequest.newBuilder(infer)
              .header("Content-Type", type)
              .POST(HttpRequest.BodyPublishers.ofByteArray(digits.png(7)))
              .timeout(LIMIT)
              .build();
      String answer =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
      JsonNode picked = new ObjectMapper().readTree(answer).at("/outputs/1");
      assertThat(picked.at("/name").asText()).as(answer).isEqualTo("classification");
      assertThat(picked.at("/data/0").asText()).isEqualTo(word);
    }
  }

  @Test
  void everyNodeAnswersEveryPictureAsTheModelAnswersItsTensor() {
    List<ModelInferResponse> tensors = new ArrayList<>();
    for (int i = 0; i < digits.size(); i++) {
      tensors.add(mesh.client(HOLDER).infer(digits.rawRequest(i), LIMIT));
    }
    for (int node = 1; node <= NODES; node++) {
      int right = 0;
      for (int i = 0; i < digits.size(); i++) {
        ModelInferResponse picture = mesh.client(node).infer(digits.imageRequest(i), LIMIT);
        assertThat(Answers.floats(picture))
            .as("digit %d", i)
            .isEqualTo(Answers.floats(tensors.get(i)));
        assertThat(Answers.strings(picture, 1))
            .hasSize(1)
            .isEqualTo(Answers.strings(tensors.get(i), 1));
        assertThat(Answers.servedBy(picture)).isEqualTo(mesh.node(HOLDER).name());
        right += digits.isRight(i, picture) ? 1 : 0;
      }
      assertThat(right).as("right by way of node %d", node).isEqualTo(356);
    }
  }

  @Test
  void theCommandLineAnswersAtEveryNode() throws Exception {
    String file = CHECKOUT.sevenImage().toString();
    for (NodeProcess node : mesh.nodes()) {
      assertThat(infer(node, "--input", file).out())
          .matches("7 \\(0\\.\\d{3}\\)\nserved by node-1 via .*node-1\n");
    }
  }

  @Test
  void theCommandLineTakesSeveralPicturesOrATensorAndPrintsJson() throws Exception {
    NodeProcess node = mesh.node(BYSTANDER);
    String file = CHECKOUT.sevenImage().toString();
    Command several = infer(node, "--json", "--input", file, "--input", file);
    assertThat(several.json().at("/outputs/1/name").asText()).isEqualTo("classification");
    assertThat(several.json().at("/outputs/1/shape").toString()).isEqualTo("[2,1]");
    assertThat(several.json().at("/outputs/1/data/1").asText()).matches("0\\.\\d{6}:7");
    Command tensor = infer(node, "--input", CHECKOUT.seven().toString());
    assertThat(tensor.out()).startsWith("7 (0.");
  }

  private static Command infer(NodeProcess node, String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("infer", Digits.MODEL));
    words.addAll(List.of("--node", node.address()));
    words.addAll(List.of(options));
    return mesh.rhizome(words.toArray(String[]::new)).orThrow();
  }

  @Test
  void everyNodeDescribesTheModelAsItsClientsSeeIt() {
    for (int node = 1; node <= NODES; node++) {
      var model =
          mesh.client(node)
              .inference(LIMIT)
              .modelMetadata(ModelMetadataRequest.newBuilder().setName(Digits.MODEL).build());
      assertThat(model.getInputsList()).containsExactly(described("pixels", "BYTES", List.of(-1L)));
      assertThat(model.getOutputsList())
          .containsExactly(
              described("logits", "FP32", List.of(-1L, 10L)),
              described("classification", "BYTES", List.of(-1L, -1L)));
    }
  }

  private static TensorMetadata described(String name, String datatype, List<Long> shape) {
    return TensorMetadata.newBuilder()
        .setName(name)
        .setDatatype(datatype)
        .addAllShape(shape)
        .build();
  }

  @Test
  void severalPicturesMakeOneBatch() {
    ModelInferResponse batch =
        mesh.client(BYSTANDER).infer(digits.imageRequest(3, 1, 4, 1, 5), LIMIT);

    assertThat(batch.getOutputs(0).getShapeList()).containsExactly(5L, 10L);
    assertThat(batch.getOutputs(1).getShapeList()).containsExactly(5L, 1L);
    float[] logits = Answers.floats(batch);
    int row = 0;
    for (int i : new int[] {3, 1, 4, 1, 5}) {
      float[] alone = Answers.floats(mesh.client(HOLDER).infer(digits.imageRequest(i), LIMIT));
      for (int c = 0; c < 10; c++) {
        assertThat(logits[10 * row + c]).isEqualTo(alone[c], within(1e-4f));
      }
      row++;
    }
  }

  @Test
  void aFileThatIsNoPictureIsRefusedByNameThroughAHopAndTheNextIsAnswered() {
    ModelInferRequest.Builder bad = digits.imageRequest(0, 1).toBuilder();
    bad.getInputsBuilder(0)
        .getContentsBuilder()
        .setBytesContents(1, ByteString.copyFromUtf8("not a picture"));

    Status status = statusOf(() -> mesh.client(BYSTANDER).infer(bad.build(), LIMIT));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("input 'pixels': image 1: neither PNG nor JPEG");
    assertThat(mesh.client(BYSTANDER).infer(digits.imageRequest(0), LIMIT).getOutputsCount())
        .isEqualTo(2);
  }

  /** The tensor is three times as large as any message may be, the picture a hundredth of it. */
  @Test
  void aPictureStaysEncodedUntilItIsWhereTheModelRuns() throws Exception {
    pushPhotos();
    ByteString picture = ByteString.copyFrom(photo());
    ModelInferRequest encoded =
        request("BYTES", List.of(1L)).addRawInputContents(prefixed(picture)).build();
    assertThat(encoded.getSerializedSize()).isLessThan(picture.size() + 100).isLessThan(20_000);

    ModelInferResponse answer = mesh.client(BYSTANDER).infer(encoded, LIMIT);

    assertThat(Answers.nodes(answer))
        .containsExactly(mesh.node(BYSTANDER).name(), mesh.node(HOLDER).name());
    assertThat(answer.getOutputs(0).getShapeList()).containsExactly(1L, 5L);
    ModelInferRequest decoded =
        request("FP32", List.of(1L, 3L, (long) SIDE, (long) SIDE))
            .addRawInputContents(ByteString.copyFrom(new byte[3 * SIDE * SIDE * Float.BYTES]))
            .build();
    assertThat(decoded.getSerializedSize()).isGreaterThan(3 * MAX_MESSAGE_BYTES);
    assertThat(statusOf(() -> mesh.client(BYSTANDER).infer(decoded, LIMIT)).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  private static void pushPhotos() throws Exception {
    mesh.operate(
        HOLDER,
        "model",
        "push",
        "--engine",
        "timer",
        "--param",
        "service_millis=0",
        "--name",
        "photos",
        "--input",
        "image:FP32[-1,3,%d,%d]".formatted(SIDE, SIDE),
        "--output",
        "scores:FP32[-1,5]",
        "--preprocess",
        "decode(rgb) resize(%d,%d) scale(1/255)".formatted(SIDE, SIDE));
    mesh.awaitHolders("photos", 1);
  }

  private static ModelInferRequest.Builder request(String datatype, List<Long> shape) {
    return ModelInferRequest.newBuilder()
        .setModelName("photos")
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("image")
                .setDatatype(datatype)
                .addAllShape(shape));
  }

  private static ByteString prefixed(ByteString element) {
    byte[] length = new byte[Integer.BYTES];
    for (int i = 0; i < length.length; i++) {
      length[i] = (byte) (element.size() >> (Byte.SIZE * i));
    }
    return ByteString.copyFrom(length).concat(element);
  }

  private static byte[] photo() throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D painter = image.createGraphics();
    painter.setPaint(new GradientPaint(0, 0, Color.ORANGE, SIDE, SIDE, Color.BLUE));
    painter.fillRect(0, 0, SIDE, SIDE);
    painter.dispose();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(image, "jpeg", file);
    return file.toByteArray();
  }
}
