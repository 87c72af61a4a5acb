// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientCommandsTest {
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

  @Test
  void nodesAreListedByNameInColumns() {
    CliRun run = run("nodes");

    assertThat(run.err()).isEmpty();
    List<String> lines = run.out().lines().toList();
    assertThat(lines.get(0).split(" +"))
        .containsExactly("NAME", "ID", "STATUS", "SITE", "RTT", "API", "MODELS");
    assertThat(lines.get(1))
        .startsWith("node-1 *  " + node.id.substring(0, 8) + "  alive   berlin  -")
        .endsWith("digits:4");
    assertThat(lines.get(2)).startsWith("node-2").contains("dead").contains("1.23 ms");
  }

  @Test
  void readCommandsPrintJsonWithTheProtocolsNames() throws Exception {
    assertThat(
            Json.MAPPER.readTree(run("nodes", "--json").out()).at("/nodes/1/labels/site").asText())
        .isEqualTo("berlin");
    assertThat(Json.MAPPER.readTree(run("status", "--json").out()).at("/served").asLong())
        .isEqualTo(7);
    assertThat(
            Json.MAPPER
                .readTree(run("model", "ls", "--json").out())
                .at("/models/0/version")
                .asLong())
        .isEqualTo(4);
  }

  @Test
  void statusAndModelsAreReadable() {
    assertThat(run("status").out()).contains("up for     1h 02m 03s").contains("200 MiB");
    assertThat(run("model", "ls").out()).contains("digits  4        abababababab  node-1    -");
  }

  @Test
  void healthSucceedsWhileTheNodeServesAndFailsWhileItDrains() {
    assertThat(run("health")).isEqualTo(new CliRun(0, "SERVING\n", ""));

    node.drain();

    assertThat(run("health")).isEqualTo(new CliRun(1, "NOT_SERVING\n", ""));
  }

  @Test
  void pushSignsAndStreamsTheWholeFile() throws Exception {
    Path model = Files.write(dir.resolve("m.pt"), torchScript(1_000_003));

    CliRun run =
        proven(
            "model",
            "push",
            model.toString(),
            "--name",
            "digits",
            "--input",
            "pixels:FP32[-1,1,8,8]",
            "--output",
            "logits:FP32[-1,10]");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("pushed digits version " + Files.size(model) + " (");
  }

  @Test
  void pushNeedsAFileForPytorchAndNoneForEcho() {
    String[] spec = {"--name", "digits", "--input", "x:FP32[-1]", "--output", "y:FP32[-1]"};

    assertThat(proven(join(spec, "model", "push")).err()).contains("pass FILE.pt");
    assertThat(proven(join(spec, "model", "push", "none.pt")).err())
        .contains("none.pt: no such file");
    assertThat(proven(join(spec, "model", "push", "--engine", "echo")).out())
        .startsWith("pushed digits version 0");
  }

  @Test
  void aBadTensorSpecSaysWhatIsExpected() {
    CliRun run =
        proven(
            "model",
            "push",
            "--engine",
            "echo",
            "--name",
            "d",
            "--input",
            "pixels",
            "--output",
            "y:FP32[1]");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("expected name:DATATYPE[dims]");
  }

  @Test
  void loadShowsItsStagesOnTheNodeThatWasNamed() {
    CliRun run = proven("model", "load", "digits", "--on", node.id.substring(0, 6));

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo("fetching\nloading\nready: digits version 4 on " + node.address + "\n");
  }

  @Test
  void loadShowsEachStepAsALineOfJsonWhereAsked() {
    CliRun run = proven("model", "load", "digits", "--json");

    assertThat(run.out().lines())
        .first()
        .asString()
        .startsWith("{\"stage\":\"FETCHING\",\"bytes_done\":")
        .contains("\"peers\":2");
  }

  @Test
  void loadOfAnUnknownModelSaysWhatTheNodeSaid() {
    CliRun run = proven("model", "load", "cats");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("rhizome: no node that can be reached holds 'cats' (NOT_FOUND)\n");
  }

  @Test
  void anUnknownNodeListsTheKnownOnes() {
    CliRun run = proven("model", "unload", "digits", "--on", "node-9");

    assertThat(run.err()).contains("no node 'node-9' is known here; known: node-1 (");
  }

  @Test
  void aKeyThatIsNoOperatorsIsDenied() {
    CliRun run =
        run("model", "unload", "digits", "--operator-key", dir.resolve("node.key").toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("no operator's").contains("PERMISSION_DENIED");
  }

  @Test
  void inferShowsTheAnswerAndWhoGaveIt() throws Exception {
    CliRun run = run("infer", "digits", "--input", request("[[0.5, 2.0, 1.0]]"));

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo(
            """
            model digits version 4
            logits FP32[1,3]: 0.5 2.0 1.0
              argmax 1
            served by node-2 via node-1 -> node-2
            """);
  }

  @Test
  void inferPrintsProtocolJson() throws Exception {
    var json =
        Json.MAPPER.readTree(
            run("infer", "digits", "--json", "--input", request("[0.5, 2.0, 1.0]")).out());

    assertThat(json.at("/model_name").asText()).isEqualTo("digits");
    assertThat(json.at("/outputs/0/data/1").asDouble()).isEqualTo(2.0);
    assertThat(json.at("/outputs/0/shape").toString()).isEqualTo("[1,3]");
    assertThat(json.at("/parameters/rhizome_path").asText()).isEqualTo("node-1,node-2");
  }

  @Test
  void inferOfAnUnknownModelSaysSo() throws Exception {
    assertThat(run("infer", "cats", "--input", request("[1, 2, 3]")).err())
        .isEqualTo("rhizome: unknown model 'cats' (NOT_FOUND)\n");
  }

  @Test
  void aBadRequestFileNamesTheField() throws Exception {
    assertThat(run("infer", "digits", "--input", request("[1, 2]")).err())
        .contains("'inputs[0].data' has 2 elements, but the shape [1,3] needs 3");
    assertThat(run("infer", "digits", "--input", request("[1, 2, \"x\"]")).err())
        .contains("'inputs[0].data': \"x\" is no FP32: expected a number");
    assertThat(run("infer", "digits", "--input", request("[1, 2,")).err()).contains(":1:");
    assertThat(run("infer", "digits", "--input", "none.json").err())
        .isEqualTo("rhizome: none.json: no such file\n");
  }

  private String request(String data) throws Exception {
    return Files.writeString(
            dir.resolve("request.json"),
            "{\"id\":\"7\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":"
                + data
                + "}]}")
        .toString();
  }

  /** The least that passes for a TorchScript archive. */
  private static byte[] torchScript(int padding) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (String name :
          List.of("data.pkl", "constants.pkl", "code/__torch__.py", "version", "data/0")) {
        zip.putNextEntry(new ZipEntry("m/" + name));
        zip.write(name.equals("data/0") ? new byte[padding] : new byte[] {'3', '\n'});
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private CliRun proven(String... args) {
    return run(plus(args, "--operator-key", dir.resolve("operator.key").toString()));
  }

  private CliRun run(String... args) {
    return CliRun.of(plus(args, "--node", node.address));
  }

  private static String[] join(String[] last, String... first) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(last));
    return all.toArray(String[]::new);
  }

  private static String[] plus(String[] first, String... last) {
    return join(last, first);
  }
}
