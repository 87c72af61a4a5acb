// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.protocol.MalformedException;
import io.rhizome.scheduler.Priority;
import org.junit.jupiter.api.Test;

final class WishesTest {
  @Test
  void whoSaysNothingIsOfTheMiddleClassAndAnybodys() throws Exception {
    assertThat(Wishes.of(null, null)).isEqualTo(new Wishes(Priority.STANDARD, ""));
  }

  @Test
  void readsTheClassAndTheKey() throws Exception {
    assertThat(Wishes.of("batch", "session-1")).isEqualTo(new Wishes(Priority.BATCH, "session-1"));
  }

  @Test
  void namesTheHeaderAndItsValuesWhereItIsNotUnderstood() {
    assertThatThrownBy(() -> Wishes.of("urgent", null))
        .isInstanceOf(MalformedException.class)
        .hasMessage("rhizome-class must be one of [interactive, standard, batch]");
    assertThatThrownBy(() -> Wishes.of(null, "x".repeat(129)))
        .hasMessageContaining("rhizome-affinity has 129 characters");
  }
}
