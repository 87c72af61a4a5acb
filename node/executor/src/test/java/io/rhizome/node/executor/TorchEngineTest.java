// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor;

import static io.rhizome.node.executor.Models.await;
import static io.rhizome.node.executor.Models.floats;
import static io.rhizome.node.executor.Models.id;
import static io.rhizome.node.executor.Models.infer;
import static io.rhizome.node.executor.Models.manifest;
import static io.rhizome.node.executor.Models.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rhizome.node.executor.InferenceException.Code;
import io.rhizome.store.Manifest;
import io.rhizome.store.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchEngineTest {
  private static final int IMAGES = 360;
  private static final int PIXELS = 64;
  private static final int CLASSES = 10;
  private static final Manifest DIGITS =
      manifest("pytorch", "digits.pt", "pixels:FP32[-1,1,8,8]", "logits:FP32[-1,10]");
  private static final Manifest PAIR =
      manifest(
          "pytorch",
          "pair.pt",
          "a:FP32[-1,-1] b:FP32[-1,-1]",
          "sum:FP32[-1,-1] product:FP32[-1,-1]");

  private static LocalExecutor executor;
  private static JsonNode test;

  @TempDir Path scratch;

  @BeforeAll
  static void load() throws Exception {
    executor = LocalExecutor.start(new ExecutorConfig(2, 4 * IMAGES));
    await(executor.load(id("digits"), DIGITS, Models.DEPLOYED));
    await(executor.load(id("pair"), PAIR, Models.RESOURCES));
    test = new ObjectMapper().readTree(Models.DEPLOYED.resolve("digits-test.json").toFile());
  }

  @AfterAll
  static void close() {
    executor.close();
  }

  private static float[] image(int index) {
    float[] pixels = new float[PIXELS];
    float scale = test.get("scale").floatValue();
    for (int i = 0; i < PIXELS; i++) {
      pixels[i] = test.get("images").get(index).get(i).floatValue() / scale;
    }
    return pixels;
  }

  private static float[] logits(int index) throws Exception {
    Tensor pixels = floats("pixels", List.of(1L, 1L, 8L, 8L), image(index));
    Tensor logits = infer(executor, request(id("digits"), pixels)).outputs().get(0);
    assertThat(logits.name()).isEqualTo("logits");
    assertThat(logits.shape()).containsExactly(1L, (long) CLASSES);
    return floats(logits);
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private static void requireStored(int index, float[] logits) {
    for (int i = 0; i < CLASSES; i++) {
      assertThat(logits[i])
          .isCloseTo(test.get("logits").get(index).get(i).floatValue(), within(1e-5f));
    }
  }

  @Test
  void recognisesHeldOutDigitsAsPyTorchDoes() throws Exception {
    int correct = 0;
    for (int i = 0; i < IMAGES; i++) {
      float[] logits = logits(i);
      requireStored(i, logits);
      correct += largest(logits) == test.get("labels").get(i).intValue() ? 1 : 0;
    }
    assertThat(correct).isEqualTo(test.get("accuracy").intValue());
  }

  @Test
  void answersABatchAsItAnswersSingles() throws Exception {
    int batch = 100;
    float[] pixels = new float[batch * PIXELS];
    for (int i = 0; i < batch; i++) {
      System.arraycopy(image(i), 0, pixels, i * PIXELS, PIXELS);
    }
    Tensor input = floats("pixels", List.of((long) batch, 1L, 8L, 8L), pixels);
    float[] logits = floats(infer(executor, request(id("digits"), input)).outputs().get(0));
    assertThat(logits).hasSize(batch * CLASSES);
    for (int i = 0; i < batch; i++) {
      requireStored(i, java.util.Arrays.copyOfRange(logits, i * CLASSES, (i + 1) * CLASSES));
    }
  }

  @Test
  void answersEightCallersAtOnce() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> work = new ArrayList<>();
      for (int caller = 0; caller < 8; caller++) {
        int offset = caller * 45;
        work.add(
            () -> {
              for (int i = 0; i < IMAGES; i++) {
                int index = (i + offset) % IMAGES;
                requireStored(index, logits(index));
              }
              return true;
            });
      }
      for (Future<Boolean> done : callers.invokeAll(work, 60, TimeUnit.SECONDS)) {
        assertThat(done.get()).isTrue();
      }
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void readsADirectBufferFromItsPositionAndWritesToNoInput() throws Exception {
    ByteBuffer data = ByteBuffer.allocateDirect(23).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    data.position(3);
    data.putFloat(1).putFloat(2).putFloat(3).putFloat(4).position(3).limit(19);
    Tensor a = new Tensor("a", io.rhizome.store.Datatype.FP32, List.of(2L, 2L), data);
    Tensor b = floats("b", List.of(2L, 2L), 10, 20, 30, 40);
    List<Tensor> outputs = infer(executor, request(id("pair"), b, a)).outputs();
    assertThat(outputs).extracting(Tensor::name).containsExactly("sum", "product");
    assertThat(floats(outputs.get(0))).containsExactly(12, 23, 34, 45);
    assertThat(floats(outputs.get(1))).containsExactly(20, 120, 60, 200);
    assertThat(floats(a)).containsExactly(1, 2, 3, 4);
    assertThat(data.position()).isEqualTo(3);
  }

  @Test
  void saysWhatTheModelSaysOfABadInput() throws Exception {
    Tensor b = floats("b", List.of(1L, 1L), 1);
    InferenceException raised =
        infer(executor, request(id("pair"), floats("a", List.of(1L, 1L), -1), b)).failure();
    assertThat(raised.code()).isEqualTo(Code.MODEL_FAILED);
    assertThat(raised).hasMessageContaining("the first element is negative");
    Tensor wide = floats("a", List.of(1L, 3L), 1, 2, 3);
    InferenceException misfit =
        infer(executor, request(id("pair"), wide, floats("b", List.of(1L, 2L), 1, 2))).failure();
    assertThat(misfit.code()).isEqualTo(Code.MODEL_FAILED);
    assertThat(misfit).hasMessageContaining("must match the size");
  }

  @Test
  void doesNotGrowWhenTheModelFails() throws Exception {
    int size = 64 * 1024;
    float[] negative = new float[size];
    negative[0] = -1;
    Tensor a = floats("a", List.of(1L, (long) size), negative);
    Tensor b = floats("b", List.of(1L, (long) size), new float[size]);
    failing(500, a, b);
    long before = residentMegabytes();
    failing(2000, a, b);
    assertThat(residentMegabytes() - before).isLessThan(100); // 1,000 MB went in
  }

  private static void failing(int count, Tensor a, Tensor b) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      infer(executor, request(id("pair"), a, b)).failure();
    }
  }

  private static long residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    throw new IOException("no VmRSS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BOOL", "UINT8", "INT8", "INT32", "INT64", "FP16", "FP32", "FP64"})
  void passesEachDatatypeThrough(String type) throws Exception {
    String spec = ":" + type + "[-1,3]";
    await(
        executor.load(
            id(type), manifest("pytorch", "same.pt", "x" + spec, "y" + spec), Models.RESOURCES));
    Tensor x = Tensors.zeros(TensorSpec.parse("x" + spec), 2);
    for (int i = 0; i < x.data().remaining(); i++) {
      x.data().put(i, (byte) (type.equals("BOOL") ? i & 1 : i));
    }
    Tensor y = infer(executor, request(id(type), x)).outputs().get(0);
    assertThat(y.data()).isEqualTo(x.data());
    assertThat(y.shape()).containsExactly(2L, 3L);
    await(executor.unload(id(type)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"BYTES", "INT16", "BF16", "UINT16", "UINT32", "UINT64"})
  void refusesDatatypesItLacks(String type) {
    assertUnloadable(
        manifest("pytorch", "same.pt", "x:" + type + "[1]", "y:" + type + "[1]"),
        Models.RESOURCES,
        "the pytorch engine cannot take 'x:" + type + "[1]'");
  }

  @Test
  void findsTheOutputsOfADictionaryByTheirKeys() throws Exception {
    Manifest manifest =
        manifest("pytorch", "keys.pt", "x:FP32[1]", "b:FP32[1] c:FP32[1] a:FP32[1]");
    await(executor.load(id("keys"), manifest, Models.RESOURCES));
    Tensor x = floats("x", List.of(1L), 10);
    List<Tensor> outputs = infer(executor, request(id("keys"), x)).outputs();
    assertThat(outputs).extracting(Tensor::name).containsExactly("b", "c", "a");
    assertThat(outputs).extracting(t -> floats(t)[0]).containsExactly(12f, 13f, 11f);
    assertUnloadable(
        manifest("pytorch", "keys.pt", "x:FP32[1]", "a:FP32[1] b:FP32[1] d:FP32[1]"),
        Models.RESOURCES,
        "no key 'd'");
  }

  @Test
  void refusesAModelThatBreaksItsManifest() {
    assertUnloadable(
        manifest("pytorch", "digits.pt", "pixels:FP32[-1,1,8,8]", "logits:FP32[-1,11]"),
        Models.DEPLOYED,
        "output 'logits': expected shape [-1, 11], got [1, 10]");
    assertUnloadable(
        manifest("pytorch", "digits.pt", "pixels:FP32[-1,1,8,8]", "logits:FP64[-1,10]"),
        Models.DEPLOYED,
        "output 'logits': expected datatype FP64, got FP32");
    assertUnloadable(
        manifest("pytorch", "digits.pt", "pixels:FP32[-1,1,8,8]", "a:FP32[-1,10] b:FP32[-1]"),
        Models.DEPLOYED,
        "expected 2 outputs");
    assertUnloadable(
        manifest("pytorch", "digits.pt", "pixels:FP32[-1,2,8,8]", "logits:FP32[-1,10]"),
        Models.DEPLOYED,
        "to have 1 channels, but got 2 channels");
    assertUnloadable(
        manifest("pytorch", "pair.pt", "a:FP32[-1,-1]", "sum:FP32[-1,-1]"),
        Models.RESOURCES,
        "forward() is missing value for argument 'b'");
  }

  @Test
  void refusesAModelThatTakesNoBatchesWhereTheManifestDeclaresThem() throws Exception {
    assertUnloadable(
        manifest("pytorch", "one.pt", "x:FP32[-1,2]", "y:FP32[-1,2]"),
        Models.RESOURCES,
        "at batch size 2");
    await(
        executor.load(
            id("one"),
            manifest("pytorch", "one.pt", "x:FP32[1,2]", "y:FP32[1,2]"),
            Models.RESOURCES));
  }

  @Test
  void saysSoWhenMemoryIsShort() {
    Manifest manifest = manifest("pytorch", "huge.pt", "x:FP32[1]", "y:FP32[1]");
    assertThatThrownBy(() -> await(executor.load(id("huge"), manifest, Models.RESOURCES)))
        .extracting(e -> ((InferenceException) e).code())
        .isEqualTo(Code.OUT_OF_MEMORY);
  }

  @Test
  void refusesAFileThatIsNoModel() throws Exception {
    byte[] good = Files.readAllBytes(Models.DEPLOYED.resolve("digits.pt"));
    Files.write(scratch.resolve("digits.pt"), java.util.Arrays.copyOf(good, good.length / 2));
    assertUnloadable(DIGITS, scratch, "PyTorch cannot load 'digits.pt'");
    Files.write(scratch.resolve("digits.pt"), new byte[0]);
    assertUnloadable(DIGITS, scratch, "PyTorch cannot load 'digits.pt'");
    Files.writeString(scratch.resolve("digits.pt"), "no model at all\n".repeat(100));
    assertUnloadable(DIGITS, scratch, "PyTorch cannot load 'digits.pt'");
    Files.delete(scratch.resolve("digits.pt"));
    assertUnloadable(DIGITS, scratch, "model file 'digits.pt' is not there");
    assertUnloadable(
        manifest("pytorch", "weights.bin", "x:FP32[1]", "y:FP32[1]"), scratch, "has no .pt file");
  }

  private static void assertUnloadable(Manifest manifest, Path directory, String message) {
    assertThatThrownBy(() -> await(executor.load(id("bad"), manifest, directory)))
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600))
        .extracting(e -> ((InferenceException) e).code())
        .isEqualTo(Code.UNLOADABLE);
  }

  @Test
  void unloadsWhileRequestsRun() throws Exception {
    await(executor.load(id("leaving"), DIGITS, Models.DEPLOYED));
    Tensor pixels = floats("pixels", List.of(1L, 1L, 8L, 8L), image(0));
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(infer(executor, request(id("leaving"), pixels)));
    }
    var unloaded = executor.unload(id("leaving"));
    for (Answer answer : answers) {
      requireStored(0, floats(answer.outputs().get(0)));
    }
    await(unloaded);
    assertThat(infer(executor, request(id("leaving"), pixels)).failure().code())
        .isEqualTo(Code.NOT_LOADED);
  }
}
