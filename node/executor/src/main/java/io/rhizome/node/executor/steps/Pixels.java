// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.jspecify.annotations.Nullable;

/**
 * A decoded image, read row by row as gray or RGB samples of 0 to 255, the file's own: gamma and
 * colour profiles are not applied, alpha is dropped, 16 bits lose the lower 8. One thread.
 */
final class Pixels {
  private static final String HEADLESS = "java.awt.headless";

  static {
    // ImageIO needs no display, and must not look for one.
    if (System.getProperty(HEADLESS) == null) {
      System.setProperty(HEADLESS, "true");
    }
  }

  // Samples are read from the raster: BufferedImage.getRGB would convert gray by its gamma.
  private final Raster raster;
  private final int @Nullable [] palette;
  private final boolean rgb;
  private final int shift;
  private int @Nullable [] samples;

  private Pixels(Raster raster, int @Nullable [] palette, boolean rgb) {
    this.raster = raster;
    this.palette = palette;
    this.rgb = rgb;
    this.shift = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT ? Byte.SIZE : 0;
  }

  /**
   * Decodes a PNG or JPEG.
   *
   * @param rgb whether three channels are wanted, or one
   */
  static Pixels decode(EncodedImage image, boolean rgb) throws ImageException {
    BufferedImage decoded;
    try {
      decoded = read(image);
    } catch (IOException | RuntimeException e) {
      // ImageIO meets malformed files with runtime exceptions of many kinds.
      throw new ImageException("a damaged %s: %s".formatted(image.format(), e.getMessage()), e);
    }
    Raster raster = decoded.getRaster();
    int type = raster.getDataBuffer().getDataType();
    if (raster.getWidth() != image.width()
        || raster.getHeight() != image.height()
        || (type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT)) {
      throw new ImageException("a %s that is not what its header says".formatted(image.format()));
    }
    int[] palette =
        decoded.getColorModel() instanceof IndexColorModel colours ? colours(colours) : null;
    return new Pixels(raster, palette, rgb);
  }

  private static BufferedImage read(EncodedImage image) throws IOException, ImageException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(image.format());
    if (!readers.hasNext()) {
      throw new IOException("this Java runtime has no reader for it (module java.desktop)");
    }
    ImageReader reader = readers.next();
    Warning warning = new Warning();
    try (var in = new InMemory(image.essence())) {
      reader.addIIOReadWarningListener((source, text) -> warning.text = text);
      reader.setInput(in, true, true);
      BufferedImage decoded = reader.read(0);
      if (warning.text != null) {
        // Such as a premature end, after which the reader makes pixels up.
        throw new IOException(warning.text);
      }
      return decoded;
    } finally {
      reader.dispose();
    }
  }

  private static final class Warning {
    private @Nullable String text;
  }

  private static int[] colours(IndexColorModel model) {
    int[] colours = new int[1 << Byte.SIZE];
    model.getRGBs(colours);
    return colours;
  }

  int width() {
    return raster.getWidth();
  }

  int height() {
    return raster.getHeight();
  }

  int channels() {
    return rgb ? 3 : 1;
  }

  /** Reads one row into {@code into[channel][x]}; gray has three equal channels. */
  void readRow(int y, float[][] into) {
    int bands = raster.getNumBands();
    int[] row = raster.getPixels(0, y, raster.getWidth(), 1, samples);
    samples = row;
    for (int x = 0; x < raster.getWidth(); x++) {
      int first = row[x * bands];
      if (palette != null) {
        int colour = palette[first];
        put(into, x, colour >> 16 & 0xff, colour >> 8 & 0xff, colour & 0xff);
      } else if (bands < 3) {
        int gray = first >> shift;
        put(into, x, gray, gray, gray);
      } else {
        put(into, x, first >> shift, row[x * bands + 1] >> shift, row[x * bands + 2] >> shift);
      }
    }
  }

  private void put(float[][] into, int x, int red, int green, int blue) {
    if (rgb) {
      into[0][x] = red;
      into[1][x] = green;
      into[2][x] = blue;
    } else {
      // ITU-R BT.601 luma in 16-bit fixed point, rounded, as Pillow's convert("L") has it.
      into[0][x] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
  }
}
