// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobSource;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.jobs.Placement;
import io.rhizome.node.jobs.Window;
import io.rhizome.node.protocol.inference.ModelInferRequest;
import io.rhizome.node.protocol.inference.ModelInferResponse;
import io.rhizome.node.protocol.inference.ModelInferResponse.InferOutputTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobCommandsTest {
  private static final String ITEM =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}\n";

  @TempDir Path dir;
  private FakeNode node;

  @BeforeEach
  void startANode() throws Exception {
    node = new FakeNode(dir);
  }

  @AfterEach
  void stopIt() throws Exception {
    node.stop();
  }

  private CliRun job(String... words) {
    List<String> all = new ArrayList<>(List.of("job"));
    all.addAll(List.of(words));
    all.addAll(List.of("--node", node.address));
    return CliRun.of(all.toArray(String[]::new));
  }

  private String file(String text) throws Exception {
    return Files.writeString(dir.resolve("in.jsonl"), text).toString();
  }

  private void existing(String id, int items) {
    node.jobs.add(
        new JobSpec(
            new JobId(id),
            "",
            "digits",
            4,
            2,
            Duration.ofDays(7),
            new JobSource("eu", ""),
            Placement.ANY),
        items);
  }

  private static ModelInferResponse answer() {
    return ModelInferResponse.newBuilder()
        .setModelName("digits")
        .addOutputs(InferOutputTensor.newBuilder().setName("y").setDatatype("FP32").addShape(1))
        .addRawOutputContents(ByteString.copyFrom(new byte[] {0, 0, (byte) 0xc0, 0x3f}))
        .build();
  }

  @Test
  void submitSendsEachLineAndSaysHowManyThereAre() throws Exception {
    CliRun run =
        job(
            "submit",
            "digits",
            file(ITEM + "\n" + ITEM + ITEM.strip()),
            "--id",
            "a",
            "--priority",
            "3",
            "--expires",
            "12h");

    assertThat(run).isEqualTo(new CliRun(0, "submitted job a: 3 items\n", ""));
    assertThat(node.jobs.spec("a").priority()).isEqualTo(3);
    assertThat(node.jobs.spec("a").expires()).isEqualTo(Duration.ofHours(12));
    ModelInferRequest item = ModelInferRequest.parseFrom(node.jobs.items("a").get(2));
    assertThat(item.getInputs(0).getContents().getFp32Contents(0)).isEqualTo(1);
  }

  @Test
  void submitSaysWhereAndWhenItemsRun() throws Exception {
    String input = file(ITEM);

    CliRun run =
        job(
            "submit",
            "digits",
            input,
            "--id",
            "a",
            "--objective",
            "energy",
            "--window",
            "22:00-06:00",
            "--on-mains");
    job("submit", "digits", input, "--id", "b", "--window", "22:00-06:00 Asia/Tokyo");
    job("submit", "digits", input, "--id", "c");

    assertThat(run).isEqualTo(new CliRun(0, "submitted job a: 1 items\n", ""));
    Window here = Window.parse("22:00-06:00 " + ZoneId.systemDefault().getId());
    assertThat(node.jobs.spec("a").placement())
        .isEqualTo(new Placement(Placement.Objective.ENERGY, Optional.of(here), true));
    assertThat(node.jobs.spec("c").placement()).isEqualTo(Placement.ANY);
    assertThat(job("status", "a").out())
        .contains("objective  energy\nwindow     " + here + "\npower      mains only\n");
    assertThat(job("status", "b").out()).contains("window     22:00-06:00 Asia/Tokyo\n");
    assertThat(job("status", "c").out())
        .doesNotContain("objective")
        .doesNotContain("window")
        .doesNotContain("power")
        .doesNotContain("from site");
    assertThat(job("submit", "digits", input, "--id", "d", "--objective", "speed"))
        .isEqualTo(
            new CliRun(
                1,
                "",
                "rhizome: objective: latency, cost or energy, not 'speed' (INVALID_ARGUMENT)\n"));
    assertThat(job("submit", "digits", input, "--id", "d", "--window", "at night").err())
        .startsWith("rhizome: window: such as '22:00-06:00'");
  }

  @Test
  void statusTellsWhichSiteHandedAJobIn() {
    node.jobs.add(
        new JobSpec(
            new JobId("a"),
            "",
            "digits",
            0,
            0,
            Duration.ofDays(7),
            new JobSource("eu", "rome"),
            Placement.ANY),
        1);

    assertThat(job("status", "a").out()).contains("from site  rome\n");
  }

  @Test
  void submitMakesAnIdAndTellsIt() throws Exception {
    CliRun run = job("submit", "digits", file(ITEM), "--json");

    String id = Json.MAPPER.readTree(run.out()).path("id").asText();
    assertThat(id).matches("job-[0-9a-f]{16}");
    assertThat(run.err()).startsWith("job " + id + ";");
  }

  @Test
  void submitAgainIsTheSameJob() throws Exception {
    String input = file(ITEM + ITEM);

    assertThat(job("submit", "digits", input, "--id", "a").status()).isZero();
    assertThat(job("submit", "digits", input, "--id", "a").out())
        .isEqualTo("submitted job a: 2 items\n");
    assertThat(job("submit", "other", input, "--id", "a").err())
        .contains("another job has the id a (ALREADY_EXISTS)");
  }

  @Test
  void submitGoesOnWhereTheConnectionBroke() throws Exception {
    node.jobs.breakAt(2);

    CliRun run = job("submit", "digits", file(ITEM.repeat(5)), "--id", "a");

    assertThat(run).isEqualTo(new CliRun(0, "submitted job a: 5 items\n", ""));
    assertThat(node.jobs.items("a")).hasSize(5);
  }

  @Test
  void filesOfADirectoryAreItemsInTheOrderOfTheirNames() throws Exception {
    Path images = Files.createDirectory(dir.resolve("images"));
    Files.write(images.resolve("b.png"), new byte[] {2});
    Files.write(images.resolve("a.png"), new byte[] {1});
    Files.createDirectory(images.resolve("no-file"));

    assertThat(job("submit", "photos", images.toString(), "--id", "a").out())
        .isEqualTo("submitted job a: 2 items\n");
    ModelInferRequest first = ModelInferRequest.parseFrom(node.jobs.items("a").get(0));
    assertThat(first.getInputs(0).getName()).isEqualTo("image");
    assertThat(first.getInputs(0).getContents().getBytesContents(0).toByteArray())
        .containsExactly(1);
    assertThat(job("submit", "digits", images.toString()).err())
        .contains("takes tensors, not images");
    String empty = images.resolve("no-file").toString();
    assertThat(job("submit", "photos", empty).err()).contains(empty + ": has no files");
  }

  @Test
  void badInputNamesItsLine() throws Exception {
    String input = file(ITEM + "\n{oops\n");

    CliRun run = job("submit", "digits", input, "--id", "a");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("rhizome: " + input + ":3:").contains("no JSON");
    assertThat(job("submit", "digits", file("{\"inputs\":[]}"), "--id", "b").err())
        .startsWith("rhizome: " + input + ":1: 'inputs' must be a list");
    assertThat(job("submit", "digits", file(ITEM + ITEM + "7 8"), "--id", "c").err())
        .startsWith("rhizome: " + input + ":3:");
    Files.write(dir.resolve("in.jsonl"), new byte[] {'"', (byte) 0xe9, '"'});
    assertThat(job("submit", "digits", input, "--id", "d").err())
        .isEqualTo("rhizome: " + input + ":1: not a text in UTF-8\n");
    assertThat(job("submit", "digits", "none.jsonl").err()).contains("none.jsonl: no such file");
    assertThat(job("submit", "digits", input, "--expires", "soon").err()).contains("--expires");
  }

  @Test
  void anInputShorterThanWhatArrivedIsNotTheSame() throws Exception {
    String input = file(ITEM.repeat(3) + "{oops\n");
    assertThat(job("submit", "digits", input, "--id", "a").status()).isEqualTo(1);
    int arrived = node.jobs.arrived("a");

    CliRun run = job("submit", "digits", file(ITEM), "--id", "a");

    assertThat(arrived).isLessThanOrEqualTo(3);
    if (arrived > 1) {
      assertThat(run.err()).contains("has 1 items, but " + arrived + " are at the node already");
    }
  }

  @Test
  void whatTheNodeRefusesIsSaidInOneLine() throws Exception {
    node.jobs.maxItems(1);
    assertThat(job("submit", "digits", file(ITEM + ITEM), "--id", "a"))
        .isEqualTo(new CliRun(1, "", "rhizome: a job has at most 1 items (RESOURCE_EXHAUSTED)\n"));
    assertThat(job("status", "none"))
        .isEqualTo(new CliRun(1, "", "rhizome: no job has the id 'none' (NOT_FOUND)\n"));
    node.jobs.fail(JobException.Code.FULL);
    assertThat(job("ls").err()).contains("RESOURCE_EXHAUSTED");
    assertThat(CliRun.of("job").err()).contains("submit, ls, status, watch");
  }

  @Test
  void lsAndStatusAreReadableAndJson() throws Exception {
    existing("a", 3);
    node.jobs.failItem("a", 1, "too dark");

    List<String> lines = job("ls").out().lines().toList();
    assertThat(lines.get(0).split(" +"))
        .containsExactly("ID", "MODEL", "STATE", "ITEMS", "DONE", "FAILED", "PRIO", "SUBMITTED");
    assertThat(lines.get(1).split(" +"))
        .containsExactly("a", "digits:4", "running", "3", "1", "1", "2", "2023-11-14T22:13:20Z");
    assertThat(job("status", "a").out())
        .startsWith("job a is running: 1 of 3 items have results, 1 of them failed\n")
        .contains("expires    2023-11-21T22:13:20Z")
        .contains("waiting    no node is free");
    assertThat(Json.MAPPER.readTree(job("ls", "--json").out()).at("/jobs/0/items").asInt())
        .isEqualTo(3);
    assertThat(Json.MAPPER.readTree(job("status", "a", "--json").out()).path("failed").asInt())
        .isEqualTo(1);
  }

  @Test
  void watchWaitsForTheEndAndFailsWhereAnItemFailed() throws Exception {
    existing("a", 3);
    AtomicInteger looks = new AtomicInteger();
    node.jobs.onStatus(
        () -> {
          int item = looks.getAndIncrement();
          if (item < 3) {
            node.jobs.answer("a", item, answer());
          }
        });

    assertThat(job("watch", "a"))
        .isEqualTo(
            new CliRun(0, "job a is done: 3 of 3 items have results, 0 of them failed\n", ""));
    node.jobs.onStatus(() -> {});
    node.jobs.failItem("a", 2, "too dark");
    CliRun failed = job("watch", "a", "--json");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(Json.MAPPER.readTree(failed.out()).path("failed").asInt()).isEqualTo(1);
  }

  @Test
  void submitCanWait() throws Exception {
    String input = file(ITEM);
    existing("a", 1);
    node.jobs.answer("a", 0, answer());

    CliRun run =
        job("submit", "digits", input, "--id", "a", "--version", "4", "--priority", "2", "--wait");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .isEqualTo(
            """
            submitted job a: 1 items
            job a is done: 1 of 1 items have results, 0 of them failed
            """);
  }

  @Test
  void resultsAreLinesOrFilesWithFailedOnesApart() throws Exception {
    existing("a", 3);
    node.jobs.answer("a", 0, answer());
    node.jobs.failItem("a", 2, "too dark");
    Path out = dir.resolve("out");

    List<String> lines = job("results", "a").out().lines().toList();
    CliRun files = job("results", "a", "--out", out.toString());

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).startsWith("{\"item\":0,").contains("\"data\":[1.5]");
    assertThat(lines.get(1)).isEqualTo("{\"item\":2,\"error\":\"too dark\"}");
    assertThat(job("results", "a", "--failed").out()).isEqualTo(lines.get(1) + "\n");
    assertThat(job("results", "a", "--first", "1").out()).isEqualTo(lines.get(1) + "\n");
    assertThat(files.out())
        .isEqualTo("1 results in %s, 1 failed items in %s%n".formatted(out, out.resolve("failed")));
    assertThat(out.resolve("item-000000.json")).hasContent(lines.get(0));
    assertThat(out.resolve("failed/item-000002.json")).hasContent(lines.get(1));

    node.jobs.answer("a", 2, answer());
    assertThat(job("results", "a", "--out", out.toString()).status()).isZero();

    assertThat(out.resolve("failed/item-000002.json")).doesNotExist();
    assertThat(out.resolve("item-000002.json")).exists();
  }

  @Test
  void cancelAndRetryTellWhatTheJobIsThen() {
    existing("a", 2);
    node.jobs.failItem("a", 0, "too dark");

    assertThat(job("cancel", "a").out()).startsWith("job a is cancelled: 1 of 2");
    assertThat(job("retry", "a").out()).startsWith("job a is running: 0 of 2");
    assertThat(job("cancel", "a", "--json").out()).contains("\"state\" : \"CANCELLED\"");
  }
}
