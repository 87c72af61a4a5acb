// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.identity.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that read and change the mesh's policy. */
class PolicyCommandsTest {
  private static final String TENANT = "kind: Tenant\nname: acme\nspec:\n  rate: 5\n";

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
  void applyCommitsAllDocumentsAtOnceAndSaysWhatBecameOfEach() throws Exception {
    Path both = write("both.yaml", TENANT + "---\nkind: Mesh\nname: mesh\nspec: {voters: 3}\n");

    assertThat(proven("apply", "-f", both.toString(), "--dry-run").out())
        .contains("Tenant/acme created (dry run)")
        .contains("policy version 0");
    assertThat(proven("apply", "-f", both.toString()).out())
        .isEqualTo("Tenant/acme created\nMesh/mesh created\npolicy version 1\n");
    write("both.yaml", TENANT.replace("5", "6") + "---\nkind: Mesh\nname: mesh\nspec: {voters: 3}");
    assertThat(proven("diff", "-f", both.toString()))
        .satisfies(
            run -> assertThat(run.status()).isEqualTo(1),
            run -> assertThat(run.out()).contains("-   rate: 5").contains("+   rate: 6"));
    assertThat(proven("apply", "-f", both.toString(), "--json").out())
        .contains("\"effect\" : \"changed\"")
        .contains("\"effect\" : \"unchanged\"")
        .contains("\"version\" : 2");
    assertThat(proven("diff", "-f", both.toString())).isEqualTo(new CliRun(0, "", ""));
  }

  @Test
  void applyTakesADirectoryAndRefusesADocumentThatIsThereTwice() throws Exception {
    Path files = Files.createDirectory(dir.resolve("policy"));
    Files.writeString(files.resolve("a.yaml"), TENANT);
    Files.writeString(files.resolve("notes.txt"), "not: [yaml");
    assertThat(proven("apply", "-f", files.toString()).out()).contains("Tenant/acme created");

    Files.writeString(files.resolve("b.yml"), "\n" + TENANT);
    CliRun twice = proven("apply", "-f", files.toString());
    assertThat(twice.status()).isEqualTo(1);
    assertThat(twice.err())
        .contains("b.yml:2: Tenant/acme is declared before")
        .contains("a.yaml:1");
  }

  @Test
  void whatWasWrittenUponAnotherVersionConflictsClearly() throws Exception {
    Path file = write("t.yaml", TENANT);
    assertThat(proven("apply", "-f", file.toString()).status()).isZero();
    String printed = proven("get", "Tenant/acme", "-o", "yaml").out();
    assertThat(printed).contains("version: 1");
    write("t.yaml", printed.replace("5", "7"));
    assertThat(proven("apply", "-f", file.toString()).out()).contains("policy version 2");

    CliRun stale = proven("apply", "-f", file.toString());

    assertThat(stale.status()).isEqualTo(1);
    assertThat(stale.err())
        .contains("Tenant/acme: expected version 1, found 2, by operator:")
        .contains("at 2023-11-14T22:13:20Z");
  }

  @Test
  void historyRollbackDeleteAndAuditTellWhoDidWhat() throws Exception {
    Path file = write("t.yaml", TENANT);
    assertThat(proven("apply", "-f", file.toString()).status()).isZero();
    write("t.yaml", TENANT.replace("5", "6"));
    assertThat(proven("apply", "-f", file.toString()).status()).isZero();

    assertThat(proven("rollback", "Tenant/acme", "--to", "1").out())
        .isEqualTo("Tenant/acme rolled back to 1\npolicy version 3\n");
    assertThat(proven("get", "Tenant/acme", "--json").out()).contains("\"rate\" : 5");
    assertThat(proven("rollback", "Tenant/acme", "--to", "9").err()).contains("no version 9");
    assertThat(proven("delete", "Tenant/acme").out()).contains("deleted");
    assertThat(proven("delete", "Tenant/acme").err()).contains("does not exist");
    assertThat(proven("get").out()).doesNotContain("acme");
    assertThat(proven("rollback", "Tenant/acme", "--to", "4").err()).contains("was deleted");
    assertThat(proven("history", "Tenant/acme").out().lines()).hasSize(5);
    assertThat(proven("audit").out())
        .contains("create Tenant/acme")
        .contains("delete Tenant/acme")
        .contains("operator:");
    assertThat(proven("rollback", "Tenant/acme", "--to", "2").status()).isZero();
  }

  @Test
  void tooMuchForOneCommitNamesTheLimit() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 65; i++) {
      many.append("---\n").append(TENANT.replace("acme", "t" + i));
    }
    assertThat(proven("apply", "-f", write("many.yaml", many.toString()).toString()).err())
        .contains("65 resources would change; at most 64");
    assertThat(proven("audit", "--json").out()).isEqualToIgnoringWhitespace("[]");
  }

  @Test
  void readingAllOfPolicyNeedsAnOperatorsKey() throws Exception {
    assertThat(run("get", "--operator-key", strangersKey().toString()).err())
        .contains("PERMISSION_DENIED");
  }

  @Test
  void statusNamesVotersLeaderAndLag() {
    assertThat(run("policy", "status").out())
        .contains("mesh     " + FakeNode.MESH)
        .contains("leader   " + NodeChoice.shortId(node.id))
        .contains("node-1");
    assertThat(run("policy", "status", "--json").out()).contains("\"lag\" : 0");
  }

  @Test
  void recoverSignsTheNextEpochForTheChosenNode() throws Exception {
    CliRun stranger =
        run("policy", "recover", "--from", "node-1", "--operator-key", strangersKey().toString());
    assertThat(stranger.err()).contains("PERMISSION_DENIED");
    assertThat(proven("policy", "recover", "--from", "node-9").err())
        .contains("no node 'node-9' is known here");

    assertThat(proven("policy", "recover", "--from", "node-1").out())
        .contains("node node-1 goes on alone in epoch 1")
        .contains("policy version 1000000");
    assertThat(run("policy", "status").out()).contains("epoch    1, begun by node-1 alone");
    assertThat(proven("policy", "recover", "--from", "node-1", "--json").out())
        .contains("\"epoch\" : 2");
  }

  private Path strangersKey() throws IOException {
    Path stranger = dir.resolve("stranger.key");
    Identity.loadOrCreate(stranger);
    return stranger;
  }

  @Test
  void schemaPrintsWhatIsCheckedAndNamesTheNearestKind() {
    assertThat(CliRun.of("schema", "Site").out()).contains("powerBudgetWatts");
    assertThat(CliRun.of("schema", "site").err()).contains("did you mean 'Site'");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
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
