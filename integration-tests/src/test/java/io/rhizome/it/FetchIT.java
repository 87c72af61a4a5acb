// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** How a model of many chunks gets from node to node when things go wrong. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FetchIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PADDING = 48 << 20;
  private static final int MIN_CHUNK = 256 << 10;
  private static final long MAX_CHUNK = 2 << 20;
  private static final int MAX_CHUNKS_IN_FLIGHT = 16;
  private static final String MODEL = Digits.MODEL;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static LocalMesh mesh;
  private static Digits digits;

  @BeforeAll
  static void startTwoHoldersAndTwoOthers() throws IOException, InterruptedException {
    Checkout checkout = Checkout.find();
    digits = Digits.read(checkout.digitsTest());
    mesh = LocalMesh.found(checkout, 4, List.of(), PortPlan.free(4, new Random()));
    mesh.useQuickJit();
    mesh.startAll();
    mesh.awaitMembers();
    Path model = mesh.directory().resolve("padded.pt");
    PaddedModel.write(checkout.digitsModel(), model, PADDING, new Random(1));
    mesh.pushDigits(1, model, MODEL);
    mesh.load(2, MODEL);
    mesh.awaitHolders(MODEL, 2);
  }

  @AfterAll
  static void stop() {
    mesh.close();
  }

  @Test
  @Order(1)
  void aNodeKilledHalfwayFetchesOnlyTheRest() throws Exception {
    mesh.node(3).kill();
    mesh.node(3).start("--set", "transfer.maxRate=16MiB");
    mesh.node(3).awaitReady(LIMIT);
    mesh.awaitMembers();
    Process load = startLoad(3);
    JsonNode half = null;
    long total = 0;
    try (var lines = load.inputReader()) {
      String line = lines.readLine();
      for (; line != null && line.startsWith("{"); line = lines.readLine()) {
        JsonNode step = JSON.readTree(line);
        total = step.get("bytes_total").asLong();
        if (half == null && step.get("bytes_done").asLong() * 2 >= total) {
          half = step;
          mesh.node(3).kill();
        }
      }
    }
    assertThat(load.waitFor()).as("the load that was cut off").isNotZero();
    assertThat(half).as("a step at half or more").isNotNull();
    assertThat(half.get("stage").asText()).isEqualTo("FETCHING");

    mesh.restart(3);
    mesh.awaitMembers();
    List<JsonNode> steps = load(3);

    JsonNode first = steps.get(0);
    long before = half.get("bytes_done").asLong();
    assertThat(first.get("bytes_done").asLong()).as("kept").isGreaterThanOrEqualTo(before);
    long fetched = last(steps, "FETCHING").get("bytes_fetched").asLong();
    assertThat(fetched).as("fetched in the second life").isLessThanOrEqualTo(total - before);
    assertThat(before + fetched)
        .as("fetched in both lives")
        .isLessThanOrEqualTo(total + MAX_CHUNKS_IN_FLIGHT * MAX_CHUNK);
    assertThat(log(3)).contains("bytes fetched").contains(shortId(1)).contains(shortId(2));
    assertThatServesRight(3);
  }

  @Test
  @Order(2)
  void bytesFlippedOnAHoldersDiskNeverLeaveItAndComeFromAnother() throws Exception {
    flipAByteInEachChunk(blob(2));

    load(4);

    assertThat(log(4)).as("names the holder").contains("not got from node " + shortId(2));
    assertThat(blob(4)).hasSameBinaryContentAs(blob(1));
    assertThatServesRight(4);
    // The holder, too, noticed, and repaired itself.
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(blob(2)).hasSameBinaryContentAs(blob(1)));
    assertThat(log(2)).contains("it was set aside");
  }

  @Test
  @Order(3)
  void aByteFlippedOnTheOwnDiskIsRepairedFromAPeerBeforeTheEngineSeesIt() throws Exception {
    mesh.operate(4, "model", "unload", MODEL);
    byte[] content = Files.readAllBytes(blob(4));
    content[30 << 20] ^= 1;
    Files.write(blob(4), content);

    load(4);

    assertThat(log(4)).contains("it was set aside");
    assertThat(blob(4)).hasSameBinaryContentAs(blob(1));
    assertThatServesRight(4);
  }

  private static Process startLoad(int node) throws IOException {
    return mesh.startOperating(node, "model", "load", MODEL, "--json");
  }

  private static List<JsonNode> load(int node) throws IOException, InterruptedException {
    List<JsonNode> steps = new ArrayList<>();
    String out = mesh.operate(node, "model", "load", MODEL, "--json").out();
    for (String line : out.lines().toList()) {
      steps.add(JSON.readTree(line));
    }
    return steps;
  }

  private static JsonNode last(List<JsonNode> steps, String stage) {
    return steps.stream()
        .filter(step -> step.get("stage").asText().equals(stage))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  private static void assertThatServesRight(int node) {
    Awaitility.await("an answer of " + mesh.node(node).name() + " itself")
        .atMost(LIMIT)
        .until(
            () -> {
              var answer = mesh.client(node).infer(digits.rawRequest(0), LIMIT);
              assertThat(digits.difference(0, answer)).isLessThan(1e-4);
              return Answers.servedBy(answer).equals(mesh.node(node).name());
            });
  }

  private static Path blob(int node) throws IOException {
    try (Stream<Path> blobs = Files.list(mesh.node(node).directory().resolve("models/blobs"))) {
      return blobs.findFirst().orElseThrow();
    }
  }

  private static void flipAByteInEachChunk(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    for (int at = 1; at < content.length; at += MIN_CHUNK) {
      content[at] ^= 1;
    }
    Files.write(file, content);
  }

  private static String log(int node) throws IOException {
    return Files.readString(mesh.node(node).log());
  }

  private static String shortId(int node) throws IOException, InterruptedException {
    var status = mesh.rhizome("status", "--json", "--node", mesh.node(node).address()).orThrow();
    return status.json().get("node_id").asText().substring(0, 8);
  }
}
