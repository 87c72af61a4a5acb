// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.executor.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that only claims to be an image gets further than an {@link ImageException}. */
class MalformedImagesTest {
  private static final int SIDE = 50_000;

  @Test
  void refusesAPngBombByItsHeaderNamingTheLimit() {
    byte[] bomb = Images.png(Images.ihdr(SIDE, SIDE, 8, 2), Images.idat(1 << 20), Images.iend());

    refuses(bomb, "image 0", "50000 by 50000 pixels", "7500000000", "41943040", "smaller");
    refuses(
        Images.png(Images.ihdr(-1, -1, 16, 6), Images.idat(1), Images.iend()),
        "4294967295 by 4294967295 pixels",
        "65535 a side");
    refuses(Images.png(Images.ihdr(0, 5, 8, 0), Images.idat(1), Images.iend()), "0 by 5", "empty");
  }

  @Test
  void refusesAJpegBombByItsHeader() throws Exception {
    byte[] bomb = Images.file("rgb.jpg");
    int frame = indexOf(bomb, 0xff, 0xc0);
    Arrays.fill(bomb, frame + 5, frame + 9, (byte) 0xff);

    refuses(bomb, "65535 by 65535 pixels", "41943040");
  }

  @Test
  void refusesAJpegWhoseScansWouldCostMoreThanItsPixels() throws Exception {
    byte[] good = Images.file("gray.jpg");
    int scan = indexOf(good, 0xff, 0xda);
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.write(good, 0, scan);
    for (int i = 0; i < 33; i++) {
      bomb.write(good, scan, good.length - 2 - scan);
    }
    bomb.write(good, good.length - 2, 2);

    refuses(bomb.toByteArray(), "more than 32 scans");
  }

  @ParameterizedTest
  @ValueSource(strings = {"interlaced.png", "palette4.png", "progressive.jpg", "gray.jpg"})
  void refusesEveryFileThatEndsEarly(String name) throws Exception {
    byte[] good = Images.file(name);

    for (int length = 0; length < good.length; length++) {
      refuses(Arrays.copyOf(good, length), "image 0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"interlaced.png", "palette.png", "progressive.jpg", "rgb.jpg"})
  void anyDamagedByteIsRefusedOrHarmless(String name) throws Exception {
    byte[] good = Images.file(name);
    int refused = 0;
    for (int i = 0; i < good.length; i++) {
      for (int flipped : new int[] {1, 0x80, 0xff}) {
        byte[] bad = good.clone();
        bad[i] ^= (byte) flipped;
        refused += decodes(bad) ? 0 : 1;
      }
    }

    // A PNG's checksums cover all of it; a JPEG has none.
    assertThat(refused).isGreaterThan(name.endsWith(".png") ? 3 * good.length - 1 : 100);
  }

  private static boolean decodes(byte[] image) {
    try {
      assertThat(Images.decode(image, "rgb", 4, 4)).doesNotContain(Float.NaN);
      return true;
    } catch (ImageException e) {
      assertThat(e).hasMessageStartingWith("image 0: ");
      return false;
    }
  }

  @Test
  void refusesPngDataThatIsShortOrDoesNotInflateDespiteRightChecksums() {
    byte[] header = Images.ihdr(8, 8, 8, 0);
    assertThat(decodes(Images.png(header, Images.idat(72), Images.iend()))).isTrue();

    refuses(Images.png(header, Images.idat(60), Images.iend()), "damaged PNG");
    byte[] garbage = Images.chunk("IDAT", new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    refuses(Images.png(header, garbage, Images.iend()), "damaged PNG");
    refuses(Images.png(header, Images.iend()), "no image data");
    refuses(Images.png(Images.ihdr(8, 8, 8, 3), Images.idat(72), Images.iend()), "no palette");
    refuses(Images.png(Images.ihdr(8, 8, 3, 0), Images.idat(72), Images.iend()), "colour type 0");
    refuses(Images.png(Images.ihdr(8, 8, 8, 5), Images.idat(72), Images.iend()), "colour type 5");
    byte[] unknown = Images.chunk("NEWS", new byte[1]);
    refuses(Images.png(header, unknown, Images.idat(72), Images.iend()), "chunk NEWS");
    refuses(Images.png(Images.idat(72), Images.iend()), "first chunk is not IHDR");
  }

  @Test
  void saysWhatToDoWithAnImageOfAnotherKind() throws Exception {
    refuses(Images.file("cmyk.jpg"), "CMYK", "convert it to RGB");
    refuses("GIF89a".getBytes(StandardCharsets.US_ASCII), "neither PNG nor JPEG");
    byte[] arithmetic = Images.file("gray.jpg");
    arithmetic[indexOf(arithmetic, 0xff, 0xc0) + 1] = (byte) 0xc9;
    refuses(arithmetic, "arithmetic-coded", "convert it");
    byte[] twelveBits = Images.file("gray.jpg");
    twelveBits[indexOf(twelveBits, 0xff, 0xc0) + 4] = 12;
    refuses(twelveBits, "12 bits", "convert it to 8");
  }

  @Test
  void noDecoderSeesTextsProfilesOrWhatFollowsTheEnd() throws Exception {
    byte[] text = Images.chunk("zTXt", new byte[100]);
    byte[] alpha = Images.chunk("tRNS", new byte[2]);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(
        Images.png(Images.ihdr(8, 8, 8, 0), text, alpha, Images.idat(72), text, Images.iend()));
    png.writeBytes(new byte[] {1, 2, 3});
    ByteBuffer essence = EncodedImage.parse(ByteBuffer.wrap(png.toByteArray())).essence();
    assertThat(Images.chunks(essence)).containsExactly("IHDR", "IDAT", "IEND");

    byte[] jpeg = Images.file("turned.jpg");
    assertThat(indexOf(jpeg, 0xff, 0xe1)).isPositive();
    ByteBuffer kept = EncodedImage.parse(ByteBuffer.wrap(jpeg)).essence();
    byte[] bytes = Arrays.copyOf(kept.array(), kept.limit());
    for (int left : new int[] {0xe1, 0xe2, 0xfe}) {
      assertThat(indexOf(bytes, 0xff, left)).isEqualTo(-1);
    }
  }

  @Test
  void namesTheImageOfARequestThatIsWrong() throws Exception {
    byte[] good = Images.file("rgb.png");

    assertThatThrownBy(() -> Images.decode(List.of(good, good, new byte[9]), "rgb", 4, 4))
        .isInstanceOf(ImageException.class)
        .hasMessage("image 2: neither PNG nor JPEG");
  }

  @Test
  void boundsWhatTheImagesOfARequestTakeTogether() {
    assertThatThrownBy(() -> Images.decode(Collections.nCopies(257, new byte[0]), "gray", 8, 8))
        .hasMessage("257 images; at most 256 a request are taken");
    byte[] large = Images.png(Images.ihdr(6_000, 6_000, 8, 0), Images.idat(1), Images.iend());
    assertThatThrownBy(() -> Images.decode(Collections.nCopies(8, large), "gray", 8, 8))
        .hasMessageContaining("288000000 bytes decoded, at most 268435456");
  }

  private static void refuses(byte[] image, String... words) {
    assertThatThrownBy(() -> Images.decode(image, "rgb", 4, 4))
        .isInstanceOf(ImageException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static int indexOf(byte[] bytes, int first, int second) {
    for (int i = 0; i + 1 < bytes.length; i++) {
      if ((bytes[i] & 0xff) == first && (bytes[i + 1] & 0xff) == second) {
        return i;
      }
    }
    return -1;
  }
}
