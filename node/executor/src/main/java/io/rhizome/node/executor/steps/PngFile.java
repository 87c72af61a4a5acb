// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Walks a PNG's chunks (ISO/IEC 15948, section 5), checks each, and keeps the critical ones. Of an
 * animated PNG they make the default image. For one walk.
 */
final class PngFile {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** Length and type before a chunk's data, and the checksum after it. */
  private static final int CHUNK_OVERHEAD = 12;

  private static final int IHDR_BYTES = 13;
  private static final int TYPE_BYTES = 4;
  private static final int GRAY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  private final ByteBuffer file;
  private final ByteBuffer in;
  private final @Nullable ByteBuffer essence;

  /**
   * A file that starts as a PNG does.
   *
   * @param essence takes what is kept, or null
   */
  PngFile(ByteBuffer file, @Nullable ByteBuffer essence) {
    this.file = file;
    this.in = file.slice().position(SIGNATURE.length);
    this.essence = essence;
  }

  static boolean is(ByteBuffer file) {
    return EncodedImage.startsWith(file, SIGNATURE);
  }

  EncodedImage walk() throws ImageException {
    if (essence != null) {
      essence.put(SIGNATURE);
    }
    ByteBuffer first = next();
    if (!type(first).equals("IHDR") || first.limit() != CHUNK_OVERHEAD + IHDR_BYTES) {
      throw new ImageException("a PNG whose first chunk is not IHDR");
    }
    keep(first);
    ByteBuffer ihdr = first.position(2 * TYPE_BYTES);
    int width = ihdr.getInt();
    int height = ihdr.getInt();
    int depth = ihdr.get();
    int colour = ihdr.get();
    int pixelBytes = Math.max(1, channels(colour, depth) * depth / Byte.SIZE);
    EncodedImage.requireSize(
        Integer.toUnsignedLong(width), Integer.toUnsignedLong(height), pixelBytes);
    keepData(colour == PALETTE);
    return new EncodedImage(file, width, height, pixelBytes);
  }

  private void keep(ByteBuffer chunk) {
    if (essence != null) {
      essence.put(chunk.duplicate());
    }
  }

  private static int channels(int colour, int depth) throws ImageException {
    boolean whole = depth == 8 || depth == 16;
    boolean packed = depth == 1 || depth == 2 || depth == 4;
    boolean known =
        switch (colour) {
          case GRAY -> whole || packed;
          case PALETTE -> depth == 8 || packed;
          case RGB, GRAY_ALPHA, RGB_ALPHA -> whole;
          default -> false;
        };
    if (!known) {
      throw new ImageException(
          "a damaged PNG: colour type %d with %d bits a sample".formatted(colour, depth));
    }
    return switch (colour) {
      case RGB -> 3;
      case RGB_ALPHA -> 4;
      case GRAY_ALPHA -> 2;
      default -> 1;
    };
  }

  private void keepData(boolean needsPalette) throws ImageException {
    boolean palette = false;
    boolean data = false;
    while (true) {
      ByteBuffer chunk = next();
      String type = type(chunk);
      if (type.equals("IEND")) {
        keep(chunk);
        break;
      }
      boolean isPalette = type.equals("PLTE");
      boolean isData = type.equals("IDAT");
      if (!isPalette && !isData && Character.isUpperCase(type.charAt(0))) {
        throw new ImageException("a damaged PNG: its chunk " + type + " is unknown here");
      }
      // A palette beside true colours is only a hint for displays.
      if (isData || (isPalette && needsPalette)) {
        keep(chunk);
      }
      palette |= isPalette;
      data |= isData;
    }
    if (!data || (needsPalette && !palette)) {
      throw new ImageException("a damaged PNG: it has no " + (data ? "palette" : "image data"));
    }
  }

  /** The next chunk whole, its checksum compared. */
  private ByteBuffer next() throws ImageException {
    int length = in.remaining() < CHUNK_OVERHEAD ? -1 : in.getInt(in.position());
    if (length < 0 || length > in.remaining() - CHUNK_OVERHEAD) {
      throw new ImageException("a PNG that ends early");
    }
    ByteBuffer chunk = in.slice(in.position(), CHUNK_OVERHEAD + length);
    in.position(in.position() + chunk.limit());
    CRC32 crc = new CRC32();
    crc.update(chunk.slice(Integer.BYTES, TYPE_BYTES + length));
    if (chunk.getInt(chunk.limit() - Integer.BYTES) != (int) crc.getValue()) {
      throw new ImageException("a damaged PNG: wrong checksum of its chunk " + type(chunk));
    }
    return chunk;
  }

  private static String type(ByteBuffer chunk) throws ImageException {
    byte[] type = new byte[TYPE_BYTES];
    chunk.get(Integer.BYTES, type);
    for (byte letter : type) {
      if ((letter < 'A' || letter > 'Z') && (letter < 'a' || letter > 'z')) {
        throw new ImageException("a damaged PNG: a chunk's type is not four letters");
      }
    }
    return new String(type, StandardCharsets.US_ASCII);
  }
}
