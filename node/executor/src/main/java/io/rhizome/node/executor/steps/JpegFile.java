// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks a JPEG's markers (ITU-T T.81, annex B), takes Huffman-coded 8-bit gray and colour, baseline
 * and progressive, and keeps what decoding needs: of the application's segments only JFIF's and
 * Adobe's, which say how colours are coded. What follows its end, as in a multi-picture file, is
 * not looked at. For one walk.
 */
final class JpegFile {
  private static final byte[] SIGNATURE = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

  // Every scan of a progressive file costs a pass over all of the image: encoders write about ten.
  private static final int MAX_SCANS = 32;

  private static final int SOF0 = 0xc0;
  private static final int SOF2 = 0xc2;
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int SOF15 = 0xcf;
  private static final int RST0 = 0xd0;
  private static final int RST7 = 0xd7;
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;
  private static final int TEM = 0x01;
  private static final int FRAME_BYTES = 8;

  private final ByteBuffer file;
  private final ByteBuffer bytes;
  private final @Nullable ByteBuffer essence;
  private int at = 2;

  /**
   * A file that starts as a JPEG does.
   *
   * @param essence takes what is kept, or null
   */
  JpegFile(ByteBuffer file, @Nullable ByteBuffer essence) {
    this.file = file;
    this.bytes = file.slice();
    this.essence = essence;
  }

  static boolean is(ByteBuffer file) {
    return EncodedImage.startsWith(file, SIGNATURE);
  }

  private record Frame(int width, int height, int components) {}

  EncodedImage walk() throws ImageException {
    Frame frame = null;
    int scans = 0;
    keep(0, at);
    for (int marker = marker(); marker != EOI; marker = marker()) {
      if (marker == TEM || (marker >= RST0 && marker <= SOI)) {
        throw new ImageException("a damaged JPEG: a stray marker");
      }
      int from = at;
      at += Math.max(2, unsigned(from, 2));
      requireUpTo(at);
      if (isFrame(marker)) {
        frame = frame(frame, marker, from);
      } else if (marker == SOS) {
        if (++scans > MAX_SCANS) {
          throw new ImageException("a JPEG of more than %d scans".formatted(MAX_SCANS));
        }
        skipScan();
      }
      if (isKept(marker)) {
        keep(from - 2, at);
      }
    }
    if (frame == null || scans == 0) {
      throw new ImageException("a damaged JPEG: it has no image");
    }
    keep(at - 2, at);
    return new EncodedImage(file, frame.width(), frame.height(), frame.components());
  }

  private void keep(int from, int to) {
    if (essence != null) {
      essence.put(bytes.slice(from, to - from));
    }
  }

  private static boolean isFrame(int marker) {
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
  }

  private static boolean isKept(int marker) {
    boolean application = marker >= APP0 && marker <= APP15;
    return marker != COM && (!application || marker == APP0 || marker == APP14);
  }

  private Frame frame(@Nullable Frame earlier, int marker, int from) throws ImageException {
    if (earlier != null) {
      throw new ImageException("a JPEG with more than one frame");
    }
    if (marker > SOF2) {
      throw new ImageException(
          "a lossless, hierarchical or arithmetic-coded JPEG: convert it to a baseline one");
    }
    if (at - from < FRAME_BYTES) {
      throw new ImageException("a damaged JPEG: its frame header is too short");
    }
    int depth = unsigned(from + 2, 1);
    int components = unsigned(from + 7, 1);
    if (depth != Byte.SIZE) {
      throw new ImageException("a JPEG of %d bits a sample: convert it to 8".formatted(depth));
    }
    if (components != 1 && components != 3) {
      throw new ImageException(
          "a JPEG of %d components, such as CMYK: convert it to RGB".formatted(components));
    }
    Frame frame = new Frame(unsigned(from + 5, 2), unsigned(from + 3, 2), components);
    EncodedImage.requireSize(frame.width(), frame.height(), components);
    return frame;
  }

  /** The next marker; the position is after it. */
  private int marker() throws ImageException {
    if (unsigned(at, 1) != 0xff) {
      throw new ImageException("a damaged JPEG: no marker where one belongs");
    }
    while (unsigned(at, 1) == 0xff) {
      at++;
    }
    return unsigned(at++, 1);
  }

  /** Goes to the next marker that is not part of coded data. */
  private void skipScan() throws ImageException {
    while (unsigned(at, 1) != 0xff || isCoded(unsigned(at + 1, 1))) {
      at++;
    }
  }

  private static boolean isCoded(int second) {
    return second == 0 || (second >= RST0 && second <= RST7);
  }

  private int unsigned(int from, int count) throws ImageException {
    requireUpTo(from + count);
    int first = bytes.get(from) & 0xff;
    return count == 1 ? first : (first << 8) | (bytes.get(from + 1) & 0xff);
  }

  private void requireUpTo(int end) throws ImageException {
    if (end > bytes.limit()) {
      throw new ImageException("a JPEG that ends early");
    }
  }
}
