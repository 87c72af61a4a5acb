// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.protocol.inference.ModelMetadataResponse;
import io.rhizome.v1.JobSpec;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads that break. */
class JobUploadTest {
  private static final String ITEM =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}\n";
  private static final JobSpec SPEC = JobSpec.newBuilder().setId("a").setModel("digits").build();

  @TempDir Path dir;
  private final List<Long> waits = new ArrayList<>();
  private final StringWriter err = new StringWriter();
  private FakeNode node;
  private NodeClient client;
  private JobUpload upload;

  @BeforeEach
  void startANode() throws Exception {
    node = new FakeNode(dir);
    client = new NodeClient(NodeAddress.parse(node.address), Credentials.NONE);
    upload =
        new JobUpload(client, new ProgressBar(new PrintWriter(err), true), new BackOff(waits::add));
  }

  @AfterEach
  void stopIt() throws Exception {
    client.close();
    node.stop();
  }

  private static JobInput stdin(String text) throws Exception {
    return JobInput.of(
        "-",
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        ModelMetadataResponse::getDefaultInstance);
  }

  @Test
  void itWaitsLongerEachTimeAndGivesUpWhereNothingArrives() throws Exception {
    node.jobs.fail(JobException.Code.UNAVAILABLE);

    try (JobInput input = stdin(ITEM)) {
      assertThatThrownBy(() -> upload.send(SPEC, input, true))
          .satisfies(
              e ->
                  assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }
    assertThat(waits).containsExactly(250L, 500L, 1_000L, 2_000L, 4_000L, 8_000L, 8_000L, 8_000L);
  }

  @Test
  void standardInputGoesOnFromWhatArrived() throws Exception {
    node.jobs.breakAt(3);

    try (JobInput input = stdin(ITEM.repeat(6))) {
      assertThat(upload.send(SPEC, input, true).getItems()).isEqualTo(6);
    }
    assertThat(waits).containsExactly(250L);
    assertThat(node.jobs.items("a")).hasSize(6);
    assertThat(err.toString()).contains("[" + "#".repeat(40) + "] 0 of 0 KiB");
  }

  @Test
  void theCopyOfStandardInputIsDeleted() throws Exception {
    Path copy;
    try (JobInput input = stdin(ITEM)) {
      copy = ((JobLines) input).path();
      assertThat(copy).exists();
    }
    assertThat(copy).doesNotExist();
  }

  @Test
  void itemsAreCountedInBytesOfTheInput() throws Exception {
    Path file = Files.writeString(dir.resolve("in.jsonl"), "\n" + ITEM + ITEM);
    JobLines lines = new JobLines("in.jsonl", file, false);

    try (JobInput.Items items = lines.from(1)) {
      assertThat(items.next()).isNotNull();
      assertThat(items.bytesRead()).isEqualTo(lines.bytes());
      assertThat(items.next()).isNull();
    }
  }
}
