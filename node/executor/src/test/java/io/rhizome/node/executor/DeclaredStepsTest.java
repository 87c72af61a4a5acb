// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import static io.rhizome.node.executor.Models.await;
import static io.rhizome.node.executor.Models.floats;
import static io.rhizome.node.executor.Models.id;
import static io.rhizome.node.executor.Models.infer;
import static io.rhizome.node.executor.Models.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.node.executor.steps.ImageMemory;
import io.rhizome.store.Datatype;
import io.rhizome.store.Manifest;
import io.rhizome.store.Step;
import io.rhizome.store.TensorSpec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models that echo what they get, with steps before and after. */
class DeclaredStepsTest {
  private static final String STEPS = "decode(gray) resize(4,4) scale(1/240)";
  private static final String IMAGE = "FP32[-1,1,4,4]";
  private static final String SCORES = "FP32[-1,3]";

  private LocalExecutor executor;

  @BeforeEach
  void start() throws Exception {
    executor = new LocalExecutor(new ExecutorConfig(2, 2), List.of(new EchoEngine()));
  }

  @AfterEach
  void close() {
    executor.close();
  }

  @Test
  void turnsEncodedImagesIntoTheModelsTensor() throws Exception {
    load(IMAGE, STEPS, "");

    Tensor tensor = infer(executor, request(id("m"), images(png(0), png(1)))).outputs().get(0);

    assertThat(tensor.shape()).containsExactly(2L, 1L, 4L, 4L);
    float[] expected = new float[32];
    for (int i = 0; i < 32; i++) {
      expected[i] = (i % 16 + i / 16) / 16f;
    }
    assertThat(floats(tensor)).containsExactly(expected);
  }

  @Test
  void aTensorInPlaceOfImagesPassesBy() throws Exception {
    load(IMAGE, STEPS, "");
    Tensor given = floats("x", List.of(1L, 1L, 4L, 4L), new float[16]);

    assertThat(infer(executor, request(id("m"), given)).outputs().get(0).data())
        .isSameAs(given.data());
  }

  @Test
  void normalizesEachChannelAndPutsChannelsWhereTheLayoutSays() throws Exception {
    String steps = "decode(rgb) resize(4,4) scale(1/15) normalize(1,2,3,1,2,4)";
    load("FP32[-1,4,4,3]", steps + " layout(HWC)", "");
    float[] rows = floats(infer(executor, request(id("m"), images(png(0)))).outputs().get(0));
    assertThat(rows).startsWith(-1, -1, -0.75f, 0, -0.5f, -0.5f, 1, 0, -0.25f);

    await(executor.unload(id("m")));
    load("FP32[-1,3,4,4]", steps, "");
    float[] planes = floats(infer(executor, request(id("m"), images(png(0)))).outputs().get(0));
    assertThat(planes).startsWith(-1, 0, 1, 2);
    assertThat(planes[16]).isEqualTo(-1);
    assertThat(planes[32]).isEqualTo(-0.75f);
  }

  @Test
  void refusesWhatIsNoImageNamingTheInput() throws Exception {
    load(IMAGE, STEPS, "");

    refuses(images(png(0), new byte[9]), "input 'x': image 1: neither PNG nor JPEG");
    refuses(images(new byte[0]), "input 'x': image 0: neither PNG nor JPEG");
    refuses(
        new Tensor("x", Datatype.BYTES, List.of(2L), images(png(0)).data()),
        "input 'x': expected 2 byte strings, the data ends after 1");
    refuses(
        new Tensor("x", Datatype.BYTES, List.of(1L, 1L), images(png(0)).data()),
        "input 'x': expected shape [-1], got [1, 1]");
    refuses(
        new Tensor("y", Datatype.BYTES, List.of(1L), images(png(0)).data()), "unknown input 'y'");
  }

  @Test
  void refusesSeveralImagesWhereTheModelTakesOne() throws Exception {
    load("FP32[1,1,4,4]", STEPS, "");

    refuses(images(png(0), png(0)), "input 'x': expected shape [1], got [2]");
    assertThat(infer(executor, request(id("m"), images(png(0)))).outputs()).hasSize(1);
  }

  @Test
  void takesAsManyImagesAsAModelOfAFixedBatchDoes() throws Exception {
    load("FP32[2,1,4,4]", STEPS, "");

    refuses(images(png(0)), "input 'x': expected shape [2], got [1]");
    assertThat(infer(executor, request(id("m"), images(png(0), png(1)))).outputs()).hasSize(1);
  }

  @Test
  @Timeout(20)
  void givesImageMemoryBackHoweverTheModelEnds() throws Exception {
    Manifest manifest = manifest("FP32[-1,1,256,256]", "decode(gray) resize(256,256)", "");
    DeclaredSteps steps = DeclaredSteps.of(manifest, new ImageMemory(700 << 10));
    Resident echo = new Resident(manifest, steps, inputs -> rename(inputs), false);
    Resident broken =
        new Resident(
            manifest,
            steps,
            inputs -> {
              throw new InferenceException(Code.MODEL_FAILED, "no");
            },
            false);

    for (int i = 0; i < 3; i++) {
      assertThat(echo.run(List.of(images(png(0)))).get(0).shape()).endsWith(256L, 256L);
      assertThatThrownBy(() -> broken.run(List.of(images(png(0))))).hasMessage("no");
    }
  }

  private static List<Tensor> rename(List<Tensor> inputs) {
    Tensor only = inputs.get(0);
    return List.of(new Tensor("y", only.datatype(), only.shape(), only.data()));
  }

  @Test
  void classifiesAsTritonDoes() throws Exception {
    load(SCORES, "", "softmax topk(2,cat,dog,fish)");

    Answer answer =
        infer(executor, request(id("m"), floats("x", List.of(2L, 3L), 0, 2, 1, 5, 5, 5)));

    Tensor classes = answer.outputs().get(1);
    assertThat(classes.name()).isEqualTo("classification");
    assertThat(classes.datatype()).isEqualTo(Datatype.BYTES);
    assertThat(classes.shape()).containsExactly(2L, 2L);
    assertThat(strings(classes))
        .containsExactly("0.665241:1:dog", "0.244728:2:fish", "0.333333:0:cat", "0.333333:1:dog");
  }

  @Test
  void givesScoresAsTheyAreWithoutSoftmaxAndIndexesWithoutLabels() throws Exception {
    load(SCORES, "", "topk(1)");

    List<Tensor> outputs =
        infer(executor, request(id("m"), floats("x", List.of(1L, 3L), -7, -1.5f, -2))).outputs();

    assertThat(strings(outputs.get(1))).containsExactly("-1.500000:1");
  }

  @Test
  void givesTheClassificationAloneWhereOnlyThatIsAskedFor() throws Exception {
    load(SCORES, "", "topk(1)");
    List<Tensor> inputs = List.of(floats("x", List.of(1L, 3L), 1, 2, 3));
    var asked =
        new Executor.Inference(id("m"), inputs, List.of("classification"), Models.inMillis(20_000));

    assertThat(infer(executor, asked).outputs())
        .extracting(Tensor::name)
        .containsExactly("classification");
  }

  @Test
  void aModelWhoseStepsAreWrongDoesNotLoadAndSaysWhichStepAndField() {
    refusesToLoad(IMAGE, "decode(grey) resize(4,4)", "", "preprocess[0] decode: colour", "[gray");
    refusesToLoad(IMAGE, "resize(4,4)", "", "preprocess[0]", "decode(gray) or decode(rgb) first");
    refusesToLoad(IMAGE, "decode(gray) resize(0,4)", "", "preprocess[1] resize: height");
    refusesToLoad(IMAGE, "decode(gray)", "", "resize(HEIGHT,WIDTH) is missing");
    refusesToLoad(IMAGE, "decode(gray) resize(4,4) resize(4,4)", "", "preprocess[2]", "one resize");
    refusesToLoad(IMAGE, "decode(gray) resize(4,4) scale(x)", "", "scale: factor", "got x");
    refusesToLoad(IMAGE, "decode(gray) resize(4,4) scale(1/0)", "", "factor", "a finite number");
    refusesToLoad(
        IMAGE, "decode(gray) resize(4,4) normalize(0,0)", "", "std: expected a number above 0");
    refusesToLoad(IMAGE, "decode(gray) resize(4,4) normalize(0)", "", "2 of them, got 1");
    refusesToLoad(IMAGE, "decode(gray) layout(HWC) resize(4,4)", "", "layout", "the last");
    refusesToLoad(IMAGE, "decode(gray) resize(4,4) crop(2)", "", "unknown step 'crop'", "resize");
    refusesToLoad(IMAGE, "decode(rgb) resize(4,4)", "", "[1, 3, 4, 4]", "does not fit the input");
    refusesToLoad(SCORES, "", "softmax", "postprocess: expected topk");
    refusesToLoad(SCORES, "", "topk(4)", "postprocess[0] topk: k", "from 1 to 3");
    refusesToLoad(SCORES, "", "softmax topk(1,cat)", "postprocess[1] topk: labels: expected 3");
    refusesToLoad("FP32[-1,3,2]", "", "topk(1)", "first output of FP32[batch,classes]");
  }

  private void refusesToLoad(String spec, String before, String after, String... words) {
    assertThatThrownBy(() -> load(spec, before, after))
        .isInstanceOf(InferenceException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains("model 'm'").contains(words))
        .extracting(e -> ((InferenceException) e).code())
        .isEqualTo(Code.UNLOADABLE);
  }

  private void refuses(Tensor input, String why) throws Exception {
    InferenceException failure = infer(executor, request(id("m"), input)).failure();
    assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining(why);
  }

  private void load(String spec, String before, String after) throws Exception {
    await(executor.load(id("m"), manifest(spec, before, after), Path.of(".")));
  }

  private static Manifest manifest(String spec, String before, String after) {
    return new Manifest(
        "m",
        1,
        "echo",
        List.of(),
        List.of(TensorSpec.parse("x:" + spec)),
        List.of(TensorSpec.parse("y:" + spec)),
        new TreeMap<>(),
        Step.parseAll(before),
        Step.parseAll(after));
  }

  private static Tensor images(byte[]... files) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (byte[] file : files) {
      ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      data.writeBytes(length.putInt(file.length).array());
      data.writeBytes(file);
    }
    return new Tensor(
        "x", Datatype.BYTES, List.of((long) files.length), ByteBuffer.wrap(data.toByteArray()));
  }

  private static List<String> strings(Tensor tensor) {
    ByteBuffer data = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    List<String> strings = new ArrayList<>();
    while (data.hasRemaining()) {
      byte[] string = new byte[data.getInt()];
      data.get(string);
      strings.add(new String(string, StandardCharsets.UTF_8));
    }
    return strings;
  }

  /** 4 by 4 and gray, 15 times (first + 0 to 15). */
  private static byte[] png(int first) throws IOException {
    BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 16; i++) {
      image.getRaster().setSample(i % 4, i / 4, 0, 15 * (first + i));
    }
    return encoded(image);
  }

  private static byte[] encoded(BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
