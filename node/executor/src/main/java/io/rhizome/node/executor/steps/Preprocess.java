// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import io.rhizome.store.Datatype;
import io.rhizome.store.Step;
import io.rhizome.store.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From encoded images, PNG or JPEG, to the elements of one FP32 input of rank 4. Pure; any thread.
 *
 * <pre>
 * decode(gray|rgb)           first; samples are 0 to 255
 * resize(HEIGHT,WIDTH)       needed, once; bilinear, antialiased where it shrinks, aspect not kept
 * scale(FACTOR)              multiplies, as in scale(1/255)
 * normalize(MEAN...,STD...)  subtracts, then divides; one of each for each channel
 * layout(CHW|HWC)            last; CHW where left out
 * </pre>
 *
 * <p>Taken are PNG of every colour type and depth and JPEG of 8-bit gray or colour, baseline or
 * progressive. Samples are the file's own, as training pipelines see them: gamma, colour profiles
 * and EXIF are not applied, so a photograph that lies on its side and only says so in its EXIF
 * orientation is taken as it lies. Alpha is dropped, not blended; of 16 bits the upper 8 count.
 */
public final class Preprocess {
  private static final String LIST = "preprocess";
  private static final int MAX_SIDE = 1_024;

  /** What one request's images may take as tensors. */
  private static final long MAX_REQUEST_BYTES = 16L << 20;

  /** What one request's images may take decoded, one after the other. */
  private static final long MAX_DECODED_BYTES = 256L << 20;

  private static final int MAX_IMAGES = 256;

  private final boolean rgb;
  private final int height;
  private final int width;
  private final double[] factors;
  private final double[] offsets;
  private final boolean channelsFirst;

  private Preprocess(Compiler compiled) {
    this.rgb = compiled.factors.length == 3;
    this.height = compiled.height;
    this.width = compiled.width;
    this.factors = compiled.factors;
    this.offsets = compiled.offsets;
    this.channelsFirst = compiled.channelsFirst;
  }

  /**
   * Reads declared steps; {@link IllegalArgumentException} names the step and the field that is
   * wrong, or how the result differs from the input.
   */
  public static Preprocess compile(List<Step> steps, TensorSpec input) {
    Compiler compiler = new Compiler();
    for (int i = 0; i < steps.size(); i++) {
      compiler.add(i, steps.get(i), i == steps.size() - 1);
    }
    if (compiler.height == 0) {
      throw new IllegalArgumentException("preprocess: resize(HEIGHT,WIDTH) is missing");
    }
    Preprocess compiled = new Preprocess(compiler);
    long batch = Math.max(1, input.shape().get(0));
    if (input.datatype() != Datatype.FP32 || !input.accepts(compiled.shape(batch))) {
      throw new IllegalArgumentException(
          "preprocess gives FP32"
              + compiled.shape(batch)
              + ", which does not fit the input "
              + input);
    }
    if (batch > compiled.maxImages()) {
      throw new IllegalArgumentException(
          "preprocess takes at most " + compiled.maxImages() + " images a request: " + input);
    }
    return compiled;
  }

  /** The shape of so many images as the input. */
  private List<Long> shape(long images) {
    long channels = factors.length;
    return channelsFirst
        ? List.of(images, channels, (long) height, (long) width)
        : List.of(images, (long) height, (long) width, channels);
  }

  /** Bytes of one image as the input. */
  private int imageBytes() {
    return factors.length * height * width * Float.BYTES;
  }

  /** How many images one request may bring: 256 and 16 MiB of tensor at most, but at least one. */
  private int maxImages() {
    return (int) Math.max(1, Math.min(MAX_IMAGES, MAX_REQUEST_BYTES / imageBytes()));
  }

  /**
   * Decodes images into the input's elements. All of them are looked through before the first is
   * decoded, and their memory is taken before; waits while others have it.
   *
   * @throws ImageException names the image that is not taken, counted from 0, and why
   */
  public Decoded decode(List<ByteBuffer> images, ImageMemory memory) throws ImageException {
    if (images.size() > maxImages()) {
      throw new ImageException(
          "%d images; at most %d a request are taken".formatted(images.size(), maxImages()));
    }
    List<EncodedImage> parsed = new ArrayList<>(images.size());
    for (int i = 0; i < images.size(); i++) {
      parsed.add(parse(i, images.get(i)));
    }
    ImageMemory.Lease lease = memory.take(bytesAtOnce(parsed));
    boolean good = false;
    try {
      ByteBuffer elements = ByteBuffer.allocate(images.size() * imageBytes());
      elements.order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < parsed.size(); i++) {
        put(resized(i, parsed.get(i)), elements);
      }
      lease.keep(elements.capacity());
      good = true;
      return new Decoded(shape(images.size()), elements.flip(), lease);
    } finally {
      if (!good) {
        lease.close();
      }
    }
  }

  /** The elements, and what one image takes while it is decoded. */
  private long bytesAtOnce(List<EncodedImage> images) throws ImageException {
    long all = 0;
    long most = 0;
    for (EncodedImage image : images) {
      all += image.decodedBytes();
      most = Math.max(most, image.decodedBytes() + image.file().remaining());
    }
    if (all > MAX_DECODED_BYTES) {
      throw new ImageException(
          "the images take %d bytes decoded, at most %d a request are taken: send fewer"
              .formatted(all, MAX_DECODED_BYTES));
    }
    // One more image's worth of elements: that of the image being resized.
    return (images.size() + 1L) * imageBytes() + most;
  }

  private static EncodedImage parse(int index, ByteBuffer image) throws ImageException {
    try {
      return EncodedImage.parse(image);
    } catch (ImageException e) {
      throw e.ofImage(index);
    }
  }

  private float[][] resized(int index, EncodedImage image) throws ImageException {
    try {
      return Resampling.resize(Pixels.decode(image, rgb), height, width);
    } catch (ImageException e) {
      throw e.ofImage(index);
    }
  }

  private void put(float[][] channels, ByteBuffer into) {
    int outer = channelsFirst ? channels.length : 1;
    int inner = channelsFirst ? 1 : channels.length;
    for (int o = 0; o < outer; o++) {
      for (int pixel = 0; pixel < height * width; pixel++) {
        for (int c = o; c < o + inner; c++) {
          into.putFloat((float) (channels[c][pixel] * factors[c] + offsets[c]));
        }
      }
    }
  }

  /** Gathers what the steps say; scale and normalize become one factor and offset a channel. */
  private static final class Compiler {
    private static final List<String> OPS =
        List.of("decode", "resize", "scale", "normalize", "layout");

    double[] factors = {};
    double[] offsets = {};
    int height;
    int width;
    boolean channelsFirst = true;

    void add(int index, Step step, boolean last) {
      if ((index == 0) != step.op().equals("decode")) {
        throw new IllegalArgumentException(
            "preprocess[%d]: expected decode(gray) or decode(rgb) first and only there, got %s"
                .formatted(index, step));
      }
      switch (step.op()) {
        case "decode" -> decode(new Arguments(LIST, index, step, "decode(gray|rgb)"));
        case "resize" -> resize(new Arguments(LIST, index, step, "resize(HEIGHT,WIDTH)"));
        case "scale" -> scale(new Arguments(LIST, index, step, "scale(FACTOR)"));
        case "normalize" ->
            normalize(new Arguments(LIST, index, step, "normalize(MEAN...,STD...)"));
        case "layout" -> layout(new Arguments(LIST, index, step, "layout(CHW|HWC)"), last);
        default ->
            throw new IllegalArgumentException(
                "preprocess[%d]: unknown step '%s'; known: %s".formatted(index, step.op(), OPS));
      }
    }

    private void decode(Arguments arguments) {
      arguments.requireCount(1);
      boolean rgb = arguments.oneOf(0, "colour", List.of("gray", "rgb")).equals("rgb");
      factors = new double[rgb ? 3 : 1];
      Arrays.fill(factors, 1);
      offsets = new double[factors.length];
    }

    private void resize(Arguments arguments) {
      arguments.requireCount(2);
      if (height != 0) {
        throw arguments.wrong("step", "one resize", "a second");
      }
      height = arguments.whole(0, "height", 1, MAX_SIDE);
      width = arguments.whole(1, "width", 1, MAX_SIDE);
      long bytes = (long) height * width * factors.length * Float.BYTES;
      if (bytes > MAX_REQUEST_BYTES) {
        throw arguments.wrong("size", "at most " + MAX_REQUEST_BYTES + " bytes", bytes + " bytes");
      }
    }

    private void scale(Arguments arguments) {
      arguments.requireCount(1);
      double factor = arguments.number(0, "factor");
      for (int c = 0; c < factors.length; c++) {
        factors[c] *= factor;
        offsets[c] *= factor;
      }
    }

    private void normalize(Arguments arguments) {
      int channels = factors.length;
      arguments.requireCount(2 * channels);
      for (int c = 0; c < channels; c++) {
        double mean = arguments.number(c, "mean");
        double deviation = arguments.number(channels + c, "std");
        if (deviation <= 0) {
          throw arguments.wrong("std", "a number above 0", String.valueOf(deviation));
        }
        factors[c] /= deviation;
        offsets[c] = (offsets[c] - mean) / deviation;
      }
    }

    private void layout(Arguments arguments, boolean last) {
      arguments.requireCount(1);
      if (!last) {
        throw arguments.wrong("step", "to be the last", "steps after it");
      }
      channelsFirst = arguments.oneOf(0, "order", List.of("CHW", "HWC")).equals("CHW");
    }
  }
}
