// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An image that has not been decoded, and what its header says of it.
 *
 * @param file all of it, PNG or JPEG
 * @param width in pixels, 1 to 65,535
 * @param height in pixels, 1 to 65,535
 * @param pixelBytes what a pixel takes when decoded
 */
record EncodedImage(ByteBuffer file, int width, int height, int pixelBytes) {
  /** What one image may take when decoded: 13.9 million pixels of 8-bit RGB. */
  static final long MAX_DECODED_BYTES = 40L << 20;

  /** JPEG's own limit, and ours for PNG. */
  private static final int MAX_SIDE = 65_535;

  /** Reads the header and looks through the file to its end; decodes and copies nothing. */
  static EncodedImage parse(ByteBuffer file) throws ImageException {
    if (!PngFile.is(file) && !JpegFile.is(file)) {
      throw new ImageException("neither PNG nor JPEG");
    }
    return walk(file, null);
  }

  private static EncodedImage walk(ByteBuffer file, @Nullable ByteBuffer essence)
      throws ImageException {
    return PngFile.is(file)
        ? new PngFile(file, essence).walk()
        : new JpegFile(file, essence).walk();
  }

  /** ImageIO's name of the format, {@code PNG} or {@code JPEG}. */
  String format() {
    return PngFile.is(file) ? "PNG" : "JPEG";
  }

  /**
   * Copies the parts of the file that say what its pixels are, as a file of its own: no decoder
   * sees profiles, texts and thumbnails.
   */
  ByteBuffer essence() throws ImageException {
    ByteBuffer essence = ByteBuffer.allocate(file.remaining());
    walk(file, essence);
    return essence.flip();
  }

  /** What it takes when decoded. */
  long decodedBytes() {
    return (long) width * height * pixelBytes;
  }

  /** Refuses dimensions that would take too much, as soon as they are known. */
  static void requireSize(long width, long height, int pixelBytes) throws ImageException {
    if (width < 1 || height < 1) {
      throw new ImageException("%d by %d pixels: it is empty".formatted(width, height));
    }
    if (width > MAX_SIDE || height > MAX_SIDE) {
      throw new ImageException(
          "%d by %d pixels; at most %d a side are taken: send a smaller image"
              .formatted(width, height, MAX_SIDE));
    }
    long decoded = width * height * pixelBytes;
    if (decoded > MAX_DECODED_BYTES) {
      throw new ImageException(
          "%d by %d pixels take %d bytes decoded, at most %d are taken: send a smaller image"
              .formatted(width, height, decoded, MAX_DECODED_BYTES));
    }
  }

  /** Whether a file begins so. */
  static boolean startsWith(ByteBuffer file, byte[] signature) {
    return file.remaining() >= signature.length
        && file.slice(file.position(), signature.length).equals(ByteBuffer.wrap(signature));
  }
}
