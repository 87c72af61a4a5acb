// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import io.rhizome.store.Step;
import io.rhizome.store.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** What the tests of this package share: images from files and from parts, and their decoding. */
final class Images {
  static final Path RESOURCES = Path.of("src", "test", "resources", "images").toAbsolutePath();

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private Images() {}

  static byte[] file(String name) throws IOException {
    return Files.readAllBytes(RESOURCES.resolve(name));
  }

  /** Samples of 0 to 255 at that size, channels innermost. */
  static float[] decode(byte[] image, String colours, int height, int width) throws ImageException {
    return decode(List.of(image), colours, height, width);
  }

  static float[] decode(List<byte[]> images, String colours, int height, int width)
      throws ImageException {
    int channels = colours.equals("rgb") ? 3 : 1;
    Preprocess steps =
        Preprocess.compile(
            Step.parseAll("decode(%s) resize(%d,%d) layout(HWC)".formatted(colours, height, width)),
            TensorSpec.parse("x:FP32[-1,%d,%d,%d]".formatted(height, width, channels)));
    try (Decoded decoded =
        steps.decode(images.stream().map(ByteBuffer::wrap).toList(), new ImageMemory(64 << 20))) {
      float[] samples = new float[images.size() * height * width * channels];
      decoded.elements().asFloatBuffer().get(samples);
      return samples;
    }
  }

  /** A PNG of these chunks, each made by {@link #chunk}. */
  static byte[] png(byte[]... chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PNG);
    for (byte[] chunk : chunks) {
      out.writeBytes(chunk);
    }
    return out.toByteArray();
  }

  static byte[] ihdr(int width, int height, int depth, int colour) {
    ByteBuffer data = ByteBuffer.allocate(13).putInt(width).putInt(height);
    return chunk("IHDR", data.put((byte) depth).put((byte) colour).array());
  }

  /** Image data: so many zeros, compressed. */
  static byte[] idat(int zeros) {
    Deflater deflater = new Deflater();
    deflater.setInput(new byte[zeros]);
    deflater.finish();
    byte[] packed = new byte[zeros + 64];
    int length = deflater.deflate(packed);
    deflater.end();
    return chunk("IDAT", Arrays.copyOf(packed, length));
  }

  static byte[] iend() {
    return chunk("IEND", new byte[0]);
  }

  static byte[] chunk(String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length).putInt(data.length);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + data.length);
    return chunk.putInt((int) crc.getValue()).array();
  }

  /** The types of a PNG's chunks. */
  static List<String> chunks(ByteBuffer png) {
    List<String> types = new ArrayList<>();
    int at = PNG.length;
    while (at < png.limit()) {
      StringBuilder type = new StringBuilder();
      for (int i = 4; i < 8; i++) {
        type.append((char) png.get(at + i));
      }
      types.add(type.toString());
      at += 12 + png.getInt(at);
    }
    return types;
  }
}
