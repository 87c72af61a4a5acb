// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SliceResultsTest {
  private static ItemResult answer(int item, int value) {
    return new ItemResult(item, ItemResult.Kind.ANSWER, new byte[] {(byte) value});
  }

  @Test
  void anItemsFirstResultStands() {
    List<ItemResult> merged =
        SliceResults.merge(
            List.of(answer(1, 1), ItemResult.error(2, "first")),
            List.of(answer(3, 2), answer(2, 2), answer(1, 2)));
    assertThat(merged).containsExactly(answer(1, 1), ItemResult.error(2, "first"), answer(3, 2));
    assertThat(SliceResults.good(merged)).containsExactly(answer(1, 1), answer(3, 2));
  }

  @Test
  void areStoredAsTheyAre() {
    List<ItemResult> results = List.of(answer(7, 1), ItemResult.error(900_000, "größer"));
    byte[] stored = SliceResults.encode(results);
    assertThat(SliceResults.decode(stored)).isEqualTo(results);
    for (int cut = 0; cut < stored.length; cut++) {
      byte[] part = Arrays.copyOf(stored, cut);
      if (cut != 1 && cut != 1 + 9 + 1) {
        assertThatThrownBy(() -> SliceResults.decode(part))
            .as("cut at " + cut)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }
}
