// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of image against Pillow's reading of it, see {@code make_images.py}. */
class GoldenImagesTest {
  /**
   * Samples of a PNG are the file's: equal. Decoders of JPEG may round differently, by a level in a
   * coefficient, which chroma spreads. Pillow rounds to whole levels in each pass of resizing.
   */
  private static double tolerance(Golden golden, boolean resized) {
    if (golden.file.endsWith(".jpg")) {
      return 3;
    }
    return resized ? 1 : 0;
  }

  private record Golden(String file, String colours, int height, int width, List<Float> samples) {
    static Golden of(String line) {
      List<String> words = List.of(line.split(" "));
      return new Golden(
          words.get(0),
          words.get(1),
          Integer.parseInt(words.get(2)),
          Integer.parseInt(words.get(3)),
          words.stream().skip(4).map(Float::parseFloat).toList());
    }

    @Override
    public String toString() {
      return "%s as %s %d by %d".formatted(file, colours, height, width);
    }
  }

  static Stream<Golden> goldens() throws IOException {
    return Files.readAllLines(Images.RESOURCES.resolve("golden.txt")).stream().map(Golden::of);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void decodesAsPillowDoes(Golden golden) throws Exception {
    byte[] file = Images.file(golden.file);
    EncodedImage header = EncodedImage.parse(ByteBuffer.wrap(file));
    boolean resized = header.height() != golden.height || header.width() != golden.width;

    float[] got = Images.decode(file, golden.colours, golden.height, golden.width);

    assertThat(got).hasSize(golden.samples.size());
    double worst =
        IntStream.range(0, got.length)
            .mapToDouble(i -> Math.abs(got[i] - golden.samples.get(i)))
            .max()
            .orElseThrow();
    assertThat(worst).isLessThanOrEqualTo(tolerance(golden, resized));
  }

  @Test
  void coversEveryImageThatIsTaken() throws IOException {
    List<String> covered = goldens().map(Golden::file).distinct().sorted().toList();
    try (Stream<Path> files = Files.list(Images.RESOURCES)) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith(".png") || name.endsWith(".jpg"))
                  .filter(name -> !name.equals("cmyk.jpg"))
                  .sorted())
          .isEqualTo(covered);
    }
  }

  @Test
  void takesImagesAsTheyLieWhateverTheirExifOrientationSays() throws Exception {
    EncodedImage turned = EncodedImage.parse(ByteBuffer.wrap(Images.file("turned.jpg")));

    assertThat(turned.width()).isEqualTo(24);
    assertThat(turned.height()).isEqualTo(16);
  }

  /** Cameras write EXIF in place of JFIF, and that is left out before decoding. */
  @Test
  void readsColoursOfAJpegThatDoesNotSayHowTheyAreCoded() throws Exception {
    byte[] jfif = Images.file("progressive.jpg");
    int segment = 2 + (jfif[4] & 0xff) * 256 + (jfif[5] & 0xff);
    assertThat(jfif[3] & 0xff).as("APP0").isEqualTo(0xe0);
    byte[] bare = new byte[jfif.length - segment];
    System.arraycopy(jfif, 0, bare, 0, 2);
    System.arraycopy(jfif, 2 + segment, bare, 2, bare.length - 2);

    assertThat(Images.decode(bare, "rgb", 16, 24))
        .containsExactly(Images.decode(jfif, "rgb", 16, 24));
  }
}
