// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
  private static Instant at(String time) {
    return Instant.parse("2026-07-01T" + time + ":00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "09:00-17:00, 09:00, true",
    "09:00-17:00, 16:59, true",
    "09:00-17:00, 17:00, false",
    "09:00-17:00, 08:59, false",
    "22:00-06:00, 22:00, true",
    "22:00-06:00, 03:00, true",
    "22:00-06:00, 06:00, false",
    "22:00-06:00, 12:00, false",
    "22:00-06:00 Europe/Rome, 21:00, true",
    "22:00-06:00 Europe/Rome, 19:59, false",
    "22:00-06:00 +02:00, 20:00, true"
  })
  void isOpenFromItsBeginningUntilItsEnd(String window, String time, boolean open) {
    assertThat(Window.parse(window).contains(at(time))).isEqualTo(open);
  }

  @Test
  void isReadAsItIsWritten() {
    Window window = Window.parse("22:00-06:00 Europe/Rome");
    assertThat(window).hasToString("22:00-06:00 Europe/Rome");
    assertThat(Window.parse(window.toString())).isEqualTo(window);
    assertThat(Window.parse(Window.parse("22:00-06:00").toString()))
        .isEqualTo(Window.parse("22:00-06:00"));
  }

  @ParameterizedTest
  @CsvSource({"at night", "22-06", "25:00-06:00", "06:00-06:00", "22:00-06:00 Atlantis"})
  void whatIsNoWindowIsRefusedByName(String text) {
    assertThatThrownBy(() -> Window.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("window: ");
  }
}
