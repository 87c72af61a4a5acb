// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.store.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
  private static final JobId ID = new JobId("night-1");
  private static final JobSpec SPEC = new JobSpec(ID, "lab", "digits", 2, 3, Duration.ofHours(1));

  private final List<String> warnings = new ArrayList<>();
  @TempDir Path directory;

  private Journal open() throws IOException {
    return Journal.open(directory, 1 << 20, warnings::add);
  }

  private static byte[] item(int number) {
    return ("item " + number).getBytes(StandardCharsets.UTF_8);
  }

  private static JournalEntry sealed(Journal journal, int items) throws IOException {
    try (ItemsFile file = journal.upload(ID, "lab")) {
      for (int i = 0; i < items; i++) {
        file.add(item(i));
      }
      return journal.seal(new Job(SPEC, items, 7), file);
    }
  }

  @Test
  void whatWasSealedIsThereAfterARestart() throws Exception {
    JournalEntry made = sealed(open(), 40);
    JournalEntry found = open().entry(ID).orElseThrow();
    assertThat(found).isEqualTo(made);
    assertThat(found.job().spec()).isEqualTo(SPEC);
    assertThat(open().items(found, 2)).hasSize(8).startsWith(item(32));
    assertThat(warnings).isEmpty();
  }

  @Test
  void anUploadGoesOnAfterTheLastWholeItem() throws Exception {
    Journal journal = open();
    try (ItemsFile file = journal.upload(ID, "lab")) {
      file.add(item(0));
      file.add(item(1));
    }
    try (var uploads = Files.list(directory.resolve("uploads"))) {
      Path upload = uploads.findFirst().orElseThrow();
      Files.write(upload, new byte[] {0, 0, 9, 9, 1}, StandardOpenOption.APPEND);
    }
    assertThat(open().uploaded(ID, "lab")).isEqualTo(2);
    assertThat(open().uploaded(ID, "another")).isZero();
    try (ItemsFile file = open().upload(ID, "lab")) {
      file.add(item(2));
      JournalEntry entry = journal.seal(new Job(SPEC, 3, 7), file);
      assertThat(journal.items(entry, 0)).containsExactly(item(0), item(1), item(2));
    }
  }

  @Test
  void aJobWhoseItemsAreNotAllThereIsSkippedAndNamed() throws Exception {
    JournalEntry entry = sealed(open(), 40);
    Path file = directory.resolve("jobs/night-1");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) entry.bytes() + 20));
    assertThat(open().entries()).isEmpty();
    assertThat(warnings).hasSize(1).first().asString().contains("night-1");
  }

  @Test
  void itemsThatChangedOnDiskAreNotRun() throws Exception {
    Journal journal = open();
    JournalEntry entry = sealed(journal, 40);
    Path file = directory.resolve("jobs/night-1");
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) entry.bytes() - 1] ^= 1;
    Files.write(file, bytes);
    assertThat(journal.items(entry, 1)).hasSize(16);
    assertThatThrownBy(() -> journal.items(entry, 2))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("slice 2 of job night-1");
  }

  @Test
  void aCopyWithOtherBytesIsNotKept() throws Exception {
    Journal journal = open();
    JournalEntry entry = sealed(journal, 40);
    ByteBuffer all = ByteBuffer.allocate((int) entry.bytes());
    journal.read(entry, all::put);
    byte[] bytes = all.array();
    Journal other = Journal.open(directory.resolve("other"), 1 << 20, warnings::add);
    bytes[5] ^= 1;
    try (Journal.Arrival arrival = other.receive(entry)) {
      arrival.add(ByteBuffer.wrap(bytes));
      assertThatThrownBy(arrival::commit).hasMessageContaining("slice 0");
    }
    assertThat(other.entries()).isEmpty();
    bytes[5] ^= 1;
    try (Journal.Arrival arrival = other.receive(entry)) {
      arrival.add(ByteBuffer.wrap(bytes));
      arrival.commit();
    }
    assertThat(other.items(entry, 0).get(15)).isEqualTo(item(15));
  }

  @Test
  void refusesMoreThanItMayKeep() throws Exception {
    Journal small = Journal.open(directory, 100, warnings::add);
    assertThatThrownBy(() -> small.requireRoom(101))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("jobs.maxBytes");
    JournalEntry entry = sealed(small, 9);
    assertThatThrownBy(() -> small.requireRoom(20)).isInstanceOf(JobException.class);
    small.remove(entry.job().id());
    small.requireRoom(100);
    assertThat(directory.resolve("jobs/night-1")).doesNotExist();
  }

  @Test
  void keepsLargeAnswersWithTheirJob() throws Exception {
    Journal journal = open();
    sealed(journal, 1);
    byte[] answer = item(5);
    Digest digest = Digest.sha256(answer);
    journal.keepAnswer(ID, digest, answer);
    assertThat(open().answer(ID, digest)).hasValueSatisfying(a -> assertThat(a).isEqualTo(answer));
    journal.remove(ID);
    assertThat(journal.answer(ID, digest)).isEmpty();
    journal.keepAnswer(ID, digest, answer);
    assertThat(journal.answer(ID, digest)).as("the job is gone").isEmpty();
  }
}
