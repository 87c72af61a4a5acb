// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Handwritten digits that the model never saw in training, with PyTorch's own answers: pixels
 * FP32[1,1,8,8] in 0..1, logits FP32[1,10]. Immutable.
 */
public final class Digits {
  /** The name the model is pushed under. */
  public static final String MODEL = "digits";

  private static final int WHITE = 240;
  private static final int SIDE = 8;
  private static final int PIXELS = SIDE * SIDE;
  private static final int CLASSES = 10;

  private final List<Digit> digits;
  private final int correct;

  /** One image, its true class, and PyTorch's logits for it. */
  private static final class Digit {
    private final float[] pixels;
    private final int label;
    private final float[] logits;

    Digit(float[] pixels, int label, float[] logits) {
      this.pixels = pixels;
      this.label = label;
      this.logits = logits;
    }
  }

  private Digits(List<Digit> digits, int correct) {
    this.digits = digits;
    this.correct = correct;
  }

  /**
   * Reads {@code digits-test.json}; {@link IOException} names what does not fit.
   *
   * @param file holds {@code scale}, {@code accuracy} (how many PyTorch gets right), and for each
   *     image a row of {@code images} (0..scale), {@code labels} and {@code logits}
   */
  public static Digits read(Path file) throws IOException {
    JsonNode root = new ObjectMapper().readTree(file.toFile());
    int count = field(file, root, "labels").size();
    float scale = (float) field(file, root, "scale").asDouble();
    List<Digit> digits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] pixels = row(file, root, "images", i, PIXELS);
      for (int p = 0; p < PIXELS; p++) {
        pixels[p] /= scale;
      }
      digits.add(
          new Digit(
              pixels,
              field(file, root, "labels").path(i).asInt(),
              row(file, root, "logits", i, CLASSES)));
    }
    return new Digits(List.copyOf(digits), field(file, root, "accuracy").asInt());
  }

  /** What {@code rhizome} is told to push a file that holds the model. */
  static List<String> pushWords(Path file, String name) {
    return List.of(
        "model",
        "push",
        file.toString(),
        "--name",
        name,
        "--input",
        "pixels:FP32[-1,1,8,8]",
        "--output",
        "logits:FP32[-1,10]");
  }

  private static JsonNode field(Path file, JsonNode root, String name) throws IOException {
    JsonNode value = root.path(name);
    if (value.isMissingNode()) {
      throw new IOException(file + " has no field " + name);
    }
    return value;
  }

  private static float[] row(Path file, JsonNode root, String name, int i, int length)
      throws IOException {
    JsonNode values = field(file, root, name).path(i);
    if (values.size() != length) {
      throw new IOException(
          file + ": " + name + "[" + i + "] has " + values.size() + " values, not " + length);
    }
    float[] row = new float[length];
    for (int j = 0; j < length; j++) {
      row[j] = (float) values.path(j).asDouble();
    }
    return row;
  }

  /** Options of {@code model push} with which the model takes PNG and JPEG as well. */
  static String[] steps() {
    return new String[] {
      "--preprocess", "decode(gray) resize(8,8) scale(1/240)", "--postprocess", "softmax topk(1)"
    };
  }

  /** How many images there are. */
  public int size() {
    return digits.size();
  }

  /** How many of them PyTorch itself gets right. */
  public int correctInPyTorch() {
    return correct;
  }

  /** A request for image i with its pixels as raw bytes. */
  public ModelInferRequest rawRequest(int i) {
    ByteBuffer raw = ByteBuffer.allocate(PIXELS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(digits.get(i).pixels);
    return ModelInferRequest.newBuilder()
        .setModelName(MODEL)
        .addInputs(input())
        .addRawInputContents(ByteString.copyFrom(raw))
        .build();
  }

  /** A request for image i with its pixels as typed contents. */
  public ModelInferRequest typedRequest(int i) {
    ModelInferRequest.InferInputTensor.Builder input = input();
    for (float pixel : digits.get(i).pixels) {
      input.getContentsBuilder().addFp32Contents(pixel);
    }
    return ModelInferRequest.newBuilder().setModelName(MODEL).addInputs(input).build();
  }

  /** Image i as a PNG file of 8 by 8 gray pixels. */
  public byte[] png(int i) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    float[] pixels = digits.get(i).pixels;
    for (int p = 0; p < PIXELS; p++) {
      image.getRaster().setSample(p % SIDE, p / SIDE, 0, Math.round(WHITE * pixels[p]));
    }
    try {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      ImageIO.write(image, "png", file);
      return file.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  /** A request for these images as PNG files. */
  public ModelInferRequest imageRequest(int... images) {
    ModelInferRequest.InferInputTensor.Builder input =
        ModelInferRequest.InferInputTensor.newBuilder()
            .setName("pixels")
            .setDatatype("BYTES")
            .addShape(images.length);
    for (int i : images) {
      input.getContentsBuilder().addBytesContents(ByteString.copyFrom(png(i)));
    }
    return ModelInferRequest.newBuilder().setModelName(MODEL).addInputs(input).build();
  }

  private static ModelInferRequest.InferInputTensor.Builder input() {
    return ModelInferRequest.InferInputTensor.newBuilder()
        .setName("pixels")
        .setDatatype("FP32")
        .addAllShape(List.of(1L, 1L, 8L, 8L));
  }

  /** Whether an answer's largest logit is the true class of image i. */
  public boolean isRight(int i, ModelInferResponse answer) {
    float[] logits = Answers.floats(answer);
    int best = 0;
    for (int c = 1; c < logits.length; c++) {
      if (logits[c] > logits[best]) {
        best = c;
      }
    }
    return best == digits.get(i).label;
  }

  /**
   * The largest difference between an answer's logits and PyTorch's for image i; infinite where
   * their number differs or one is NaN.
   */
  public double difference(int i, ModelInferResponse answer) {
    float[] expected = digits.get(i).logits;
    float[] got = Answers.floats(answer);
    if (got.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int c = 0; c < got.length; c++) {
      double difference = Math.abs((double) got[c] - expected[c]);
      largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
    }
    return largest;
  }
}
