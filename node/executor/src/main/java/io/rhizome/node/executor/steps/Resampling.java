// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

/**
 * Resizes an image by a triangle (bilinear) filter that grows as the image shrinks, so that every
 * pixel counts: Pillow's {@code resize(..., BILINEAR)} and PyTorch's {@code
 * interpolate(mode="bilinear", antialias=True)}, without their rounding between the two passes. An
 * image that has the size already is unchanged, to the bit.
 */
final class Resampling {
  private Resampling() {}

  /** The image at that size: {@code [channel][y * width + x]}, 0 to 255. */
  static float[][] resize(Pixels image, int height, int width) {
    Weights across = Weights.of(image.width(), width);
    Weights down = Weights.of(image.height(), height);
    float[][] row = new float[image.channels()][image.width()];
    float[][] resized = new float[image.channels()][height * width];
    float[] narrow = new float[width];
    int first = 0;
    for (int y = 0; y < image.height(); y++) {
      image.readRow(y, row);
      while (first < height && down.end(first) <= y) {
        first++;
      }
      for (int c = 0; c < row.length; c++) {
        across.apply(row[c], narrow);
        for (int to = first; to < height && down.begin[to] <= y; to++) {
          add(narrow, down.weights[to][y - down.begin[to]], resized[c], to * width);
        }
      }
    }
    return resized;
  }

  private static void add(float[] row, float weight, float[] into, int at) {
    for (int x = 0; x < row.length; x++) {
      into[at + x] += weight * row[x];
    }
  }

  /** Which inputs make each output, from {@code begin} on, and with which share. */
  private static final class Weights {
    final int[] begin;
    final float[][] weights;

    private Weights(int[] begin, float[][] weights) {
      this.begin = begin;
      this.weights = weights;
    }

    static Weights of(int from, int to) {
      double scale = (double) from / to;
      double radius = Math.max(1, scale);
      int[] begin = new int[to];
      float[][] weights = new float[to][];
      for (int i = 0; i < to; i++) {
        // Pixel centres lie at halves; the filter is centred on the output's place in the input.
        double centre = (i + 0.5) * scale;
        begin[i] = Math.max(0, (int) (centre - radius + 0.5));
        int end = Math.min(from, (int) (centre + radius + 0.5));
        weights[i] = normalised(begin[i], end, centre, radius);
      }
      return new Weights(begin, weights);
    }

    private static float[] normalised(int begin, int end, double centre, double radius) {
      float[] weights = new float[end - begin];
      double sum = 0;
      for (int i = begin; i < end; i++) {
        sum += triangle((i + 0.5 - centre) / radius);
      }
      for (int i = begin; i < end; i++) {
        weights[i - begin] = (float) (triangle((i + 0.5 - centre) / radius) / sum);
      }
      return weights;
    }

    private static double triangle(double x) {
      return Math.max(0, 1 - Math.abs(x));
    }

    int end(int output) {
      return begin[output] + weights[output].length;
    }

    void apply(float[] row, float[] into) {
      for (int i = 0; i < into.length; i++) {
        float sum = 0;
        float[] shares = weights[i];
        for (int j = 0; j < shares.length; j++) {
          sum += shares[j] * row[begin[i] + j];
        }
        into[i] = sum;
      }
    }
  }
}
