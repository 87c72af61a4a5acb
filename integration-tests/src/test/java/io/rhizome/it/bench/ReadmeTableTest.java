// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.it.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTableTest {
  @Test
  void theReadmeSaysWhatTheResultsSay() throws IOException {
    Checkout checkout = Checkout.find();
    String readme = Files.readString(checkout.root().resolve("README.md"));

    assertThat(readme).isEqualTo(ReadmeTable.update(readme, checkout.results()));
  }

  @Test
  void aReadmeWithoutItsMarksIsRefused(@TempDir Path results) {
    assertThatThrownBy(() -> ReadmeTable.update("# Rhizome", results))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lacks the lines");
  }
}
