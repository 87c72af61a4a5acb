// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.coordinate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class CoordinateTest {
  private static final Coordinate PLACE =
      Coordinate.of(new float[] {0.1f, -0.2f, 0, 3, 0, 0, 0, 10}, 0.002f, -0.001f, 0.25f);

  @Test
  void readsBackWhatItWroteInFortyFourBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(Coordinate.BYTES);
    PLACE.encode(bytes);
    assertThat(bytes.position()).isEqualTo(44);
    assertThat(Coordinate.decode(bytes.flip())).isEqualTo(PLACE);
  }

  @Test
  void isBigEndianWhateverTheBuffer() {
    ByteBuffer little = ByteBuffer.allocate(Coordinate.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    PLACE.encode(little);
    assertThat(ByteBuffer.wrap(little.array()).getFloat()).isEqualTo(0.1f);
    assertThat(Coordinate.decode(little.flip())).isEqualTo(PLACE);
  }

  @Test
  void refusesWhatNoCoordinateSays() {
    float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f, -10.5f};
    for (int field = 0; field < 11; field++) {
      for (float value : bad) {
        ByteBuffer bytes = ByteBuffer.allocate(Coordinate.BYTES);
        PLACE.encode(bytes);
        bytes.putFloat(field * Float.BYTES, value).flip();
        assertThatThrownBy(() -> Coordinate.decode(bytes))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("of a coordinate must be");
      }
    }
  }

  @Test
  void refusesTooFewBytes() {
    assertThatThrownBy(() -> Coordinate.decode(ByteBuffer.allocate(43)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a coordinate has 44 bytes, not 43");
  }

  @Test
  void anEstimateIsDistancePlusHeightsPlusAdjustments() {
    Coordinate here = Coordinate.of(new float[8], 0.001f, 0.0005f, 0.1f);
    Coordinate there =
        Coordinate.of(new float[] {0.003f, 0.004f, 0, 0, 0, 0, 0, 0}, 0.002f, -0.001f, 0.2f);
    RttEstimate estimate = here.estimate(there);
    assertThat(estimate.rttNanos()).isBetween(7_499_990L, 7_500_010L);
    assertThat(estimate.errorNanos()).isBetween(1_499_990L, 1_500_010L);
    assertThat(there.estimate(here)).isEqualTo(estimate);
  }

  @Test
  void anEstimateIsNeverNegative() {
    Coordinate odd = Coordinate.of(new float[8], 0.001f, -5, 0.1f);
    assertThat(odd.estimate(odd).rttNanos()).isBetween(1_999_990L, 2_000_010L);
  }
}
