// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Image models: how they are pushed, and how images are sent to them. */
class ImageCommandsTest {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 1, 2, 3};
  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 1, 2};

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
  void inferSendsAnImageAsItIsAndPrintsItsClasses() throws Exception {
    CliRun run = infer("photos", image("seven.png", PNG));

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEqualTo("0 of 7 (0.998), 1 (0.001)\n");
  }

  @Test
  void inferSendsSeveralImagesAtOnceAndNamesThem() throws Exception {
    String first = image("a.png", PNG);
    String second = image("b.jpg", JPEG);

    assertThat(infer("photos", first, second).out())
        .isEqualTo(
            "%s: 0 of 7 (0.998), 1 (0.001)%n%s: 1 of 5 (0.998), 1 (0.001)%n"
                .formatted(first, second));
  }

  @Test
  void inferPrintsTheClassesAsJson() throws Exception {
    CliRun run = run("infer", "photos", "--json", "--input", image("a.png", PNG));

    assertThat(Json.MAPPER.readTree(run.out()).at("/outputs/0/data/1").asText())
        .isEqualTo("0.001000:1");
  }

  @Test
  void anImageForAModelOfTensorsSaysWhatToDo() throws Exception {
    assertThat(infer("digits", image("a.png", PNG)).err())
        .isEqualTo(
            "rhizome: model 'digits' takes tensors, not images: pass a request as FILE.json, or"
                + " push the model with --preprocess\n");
  }

  @Test
  void whatIsNeitherImageNorRequestSaysSo() throws Exception {
    String text = Files.writeString(dir.resolve("a.txt"), "seven").toString();

    assertThat(infer("photos", text).err())
        .startsWith("rhizome: " + text + ":1:")
        .contains("neither PNG, JPEG nor JSON");
    assertThat(infer("photos", text, text).err()).contains("only images can be several");
    assertThat(infer("photos", "none.png").err()).isEqualTo("rhizome: none.png: no such file\n");
  }

  @Test
  void pushDeclaresStepsAndLabels() throws Exception {
    Path labels = Files.writeString(dir.resolve("labels.txt"), "cat \ndog, brown\nfish (red)\n");

    CliRun run =
        push(
            "--preprocess",
            "decode(rgb) resize(2, 3)  scale(1/255)",
            "--postprocess",
            "softmax topk(2)",
            "--labels",
            labels.toString());

    assertThat(run.err()).isEmpty();
    assertThat(node.pushed().preprocess()).hasToString("[decode(rgb), resize(2,3), scale(1/255)]");
    assertThat(node.pushed().postprocess())
        .hasToString("[softmax, topk(2,cat,dog, brown,fish (red))]");
    assertThat(node.pushed().clientInputs()).hasToString("[x:BYTES[-1]]");
    assertThat(node.pushed().clientOutputs())
        .hasToString("[y:FP32[-1,3], classification:BYTES[-1,-1]]");
  }

  @Test
  void stepsThatCannotBeReadNameTheOptionOrFile() throws Exception {
    assertThat(push("--preprocess", "decode(gray").err())
        .isEqualTo(
            "rhizome: --preprocess: expected steps such as 'decode(gray) resize(8,8)', got"
                + " 'decode(gray'\n");
    assertThat(push("--postprocess", "topk(1,,)").err())
        .contains("--postprocess: step 'topk': an argument has 1 to 256 characters");
    String blank = Files.writeString(dir.resolve("labels.txt"), "cat\n\ndog\n").toString();
    assertThat(push("--labels", blank).err()).contains("--labels are for topk");
    assertThat(push("--postprocess", "topk(1)", "--labels", blank).err())
        .isEqualTo(
            "rhizome: %s: step 'topk': an argument has 1 to 256 characters, no control characters%n"
                .formatted(blank));
    String latin = Files.write(dir.resolve("latin.txt"), new byte[] {(byte) 0xe9}).toString();
    assertThat(push("--postprocess", "topk(1)", "--labels", latin).err())
        .isEqualTo("rhizome: " + latin + ": not a text in UTF-8\n");
  }

  private String image(String name, byte[] bytes) throws Exception {
    return Files.write(dir.resolve(name), bytes).toString();
  }

  private CliRun infer(String model, String... files) {
    List<String> words = new ArrayList<>(List.of("infer", model));
    for (String file : files) {
      words.addAll(List.of("--input", file));
    }
    return run(words.toArray(String[]::new));
  }

  private CliRun push(String... options) {
    List<String> words = new ArrayList<>(List.of("model", "push", "--engine", "echo"));
    words.addAll(List.of("--name", "photos", "--input", "x:FP32[-1]", "--output", "y:FP32[-1,3]"));
    words.addAll(List.of("--operator-key", dir.resolve("operator.key").toString()));
    words.addAll(List.of(options));
    return run(words.toArray(String[]::new));
  }

  private CliRun run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--node", node.address));
    return CliRun.of(all.toArray(String[]::new));
  }
}
