// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.identity.Identity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that look after stored models. */
class ModelCommandsTest {
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
  void whereListsTheHoldersAndFailsWhereThereIsNone() throws Exception {
    CliRun run = run("model", "where", "digits");
    assertThat(run.status()).isZero();
    assertThat(run.out().lines().toList().get(1).split(" +"))
        .containsExactly("node-1", "alive", "4", "-", "ready", node.address);

    assertThat(
            Json.MAPPER
                .readTree(run("model", "where", "digits", "--json").out())
                .at("/holders/0/node")
                .asText())
        .isEqualTo("node-1");
    assertThat(run("model", "where", "digits", "--version", "3"))
        .isEqualTo(new CliRun(1, "no node that is known here holds digits\n", ""));
  }

  @Test
  void showTellsWhatAModelIsMadeOfAndWhoSignedIt() throws Exception {
    String signer = Identity.loadOrCreate(dir.resolve("operator.key")).nodeId().toString();

    assertThat(run("model", "show", "digits").out())
        .contains("model     digits version 4")
        .contains("signer    " + signer)
        .contains("state     ready")
        .contains("inputs    pixels:FP32[-1,1,8,8]")
        .contains("model.pt  3      1");
    var json = Json.MAPPER.readTree(run("model", "show", "digits", "--json").out());
    assertThat(json.at("/manifest/outputs/0/name").asText()).isEqualTo("logits");
    assertThat(json.at("/signer").asText()).isEqualTo(signer);
    assertThat(json.at("/files/0/chunks").asInt()).isEqualTo(1);
  }

  @Test
  void verifyFailsWhereAFileIsStillDamagedAndSaysWhy() throws Exception {
    CliRun all = proven("model", "verify");
    assertThat(all.status()).isEqualTo(1);
    assertThat(all.out()).contains("damaged   nobody has it").contains("repaired");

    CliRun one = proven("model", "verify", "digits");
    assertThat(one.status()).isZero();
    assertThat(one.out()).contains("repaired").doesNotContain("damaged");
    assertThat(
            Json.MAPPER
                .readTree(proven("model", "verify", "digits", "--json").out())
                .at("/files/0/state")
                .asText())
        .isEqualTo("REPAIRED");
  }

  @Test
  void gcTellsWhatItDeletesOrWould() throws Exception {
    assertThat(proven("model", "gc", "--dry-run").out())
        .contains("incoming/ab  4096   unfinished")
        .contains("would delete 1 file(s), 4 KiB");
    assertThat(proven("model", "gc").out()).contains("deleted 1 file(s), 2 KiB");
    assertThat(
            Json.MAPPER
                .readTree(proven("model", "gc", "--json").out())
                .at("/files/0/bytes")
                .asLong())
        .isEqualTo(2048);
  }

  @Test
  void changesNeedAnOperator() {
    String key = dir.resolve("node.key").toString();
    for (String command : List.of("verify", "gc")) {
      assertThat(run("model", command, "--operator-key", key).err()).contains("PERMISSION_DENIED");
    }
  }

  @Test
  void unloadAndRemoveSayHowManyVersions() {
    assertThat(proven("model", "unload", "digits").out())
        .isEqualTo("unloaded 1 version(s) of digits on " + node.address + "\n");
    assertThat(proven("model", "rm", "digits").out())
        .isEqualTo("removed 2 version(s) of digits from " + node.address + "\n");
  }

  private CliRun proven(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--operator-key", dir.resolve("operator.key").toString()));
    return run(all.toArray(String[]::new));
  }

  private CliRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--node", node.address));
    return CliRun.of(all.toArray(String[]::new));
  }
}
