// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreFilesTest {
  @TempDir Path directory;

  @Test
  void aDiskThatCanBeWrittenHasNoFaultAndKeepsNothingOfTheProbe() throws IOException {
    assertThat(new StoreFiles(directory).probe()).isEmpty();
    try (var left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void ofOneThatCannotTheReasonIsToldWithoutAPath() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(new StoreFiles(file).probe()).contains("Not a directory");
  }
}
