// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rhizome.it.Checkout;
import io.rhizome.it.Command;
import io.rhizome.it.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are forced by {@code sync FILE}, in a process with the library. */
final class PowerLossTest {
  @TempDir Path directory;
  private Path policy = Path.of("");
  private Path raft = Path.of("");
  private Path kept = Path.of("");

  @BeforeEach
  void prepare() throws IOException, InterruptedException {
    assumeTrue(NativeLibrary.possible(), "there is no C compiler");
    var unused = PowerLoss.prepare(Checkout.find(), directory);
    policy = directory.toRealPath().resolve("policy");
    raft = Files.createDirectories(policy.resolve("raft"));
    kept = Files.createDirectories(directory.resolve("kept"));
    Files.writeString(raft.resolve("log"), "old");
    Files.createFile(kept.resolve("adopt"));
    preloaded("true");
  }

  private void preloaded(String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("env"));
    all.add("LD_PRELOAD=" + directory.resolve("forced.so"));
    all.add("FORCED_UNDER=" + policy);
    all.add("FORCED_TO=" + kept);
    all.addAll(List.of(words));
    Command.run(directory, Duration.ofSeconds(10), all).orThrow();
  }

  private void force(Path file) throws IOException, InterruptedException {
    preloaded("sync", file.toString());
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  @Test
  void whatWasThereAtFirstAndWhatWasForcedIsLeft() throws IOException, InterruptedException {
    append(raft.resolve("log"), " forced");
    force(raft.resolve("log"));
    append(raft.resolve("log"), " lost");
    PowerLoss.cut(policy, kept);
    assertThat(raft.resolve("log")).hasContent("old forced");
  }

  @Test
  void forcingOnlyTheDataCounts() throws IOException, InterruptedException {
    append(raft.resolve("log"), " forced");
    preloaded("sync", "-d", raft.resolve("log").toString());
    PowerLoss.cut(policy, kept);
    assertThat(raft.resolve("log")).hasContent("old forced");
  }

  @Test
  void aFileWhoseDirectoryWasNotForcedIsGone() throws IOException, InterruptedException {
    Files.writeString(raft.resolve("new"), "x");
    force(raft.resolve("new"));
    PowerLoss.cut(policy, kept);
    assertThat(raft.resolve("new")).doesNotExist();
    assertThat(raft.resolve("log")).hasContent("old");
  }

  @Test
  void aFileThatWasNotForcedIsEmptyWhereItsDirectoryWas() throws IOException, InterruptedException {
    Files.writeString(raft.resolve("new"), "x");
    force(raft);
    PowerLoss.cut(policy, kept);
    assertThat(raft.resolve("new")).isEmptyFile();
  }

  @Test
  void aRenamedFileHasItsOldNameUntilTheDirectoryIsForced()
      throws IOException, InterruptedException {
    Files.writeString(raft.resolve("next"), "x");
    force(raft.resolve("next"));
    force(raft);
    Files.move(raft.resolve("next"), raft.resolve("votes"));
    PowerLoss.cut(policy, kept);
    assertThat(raft.resolve("next")).hasContent("x");
    assertThat(raft.resolve("votes")).doesNotExist();
  }

  @Test
  void aRenamedFileHasItsNewNameOnceTheDirectoryIsForced()
      throws IOException, InterruptedException {
    Files.writeString(raft.resolve("next"), "x");
    force(raft.resolve("next"));
    Files.move(raft.resolve("next"), raft.resolve("votes"));
    force(raft);
    PowerLoss.cut(policy, kept);
    assertThat(raft.resolve("votes")).hasContent("x");
  }

  @Test
  void aDirectoryThatNobodyForcedIsGone() throws IOException, InterruptedException {
    Files.createDirectories(policy.resolve("other"));
    PowerLoss.cut(policy, kept);
    assertThat(policy.resolve("other")).doesNotExist();
  }

  @Test
  void whatACutHasLeftIsForced() throws IOException, InterruptedException {
    append(raft.resolve("log"), " forced");
    force(raft.resolve("log"));
    PowerLoss.cut(policy, kept);
    preloaded("true");
    append(raft.resolve("log"), " lost");
    PowerLoss.cut(policy, kept);
    assertThat(raft.resolve("log")).hasContent("old forced");
  }
}
