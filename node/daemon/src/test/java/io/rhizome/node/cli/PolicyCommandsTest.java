// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.node.identity.Identity;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.Resource;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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
  void aBackupPutsPolicyBackWhatItWas() throws Exception {
    Path file = dir.resolve("policy.backup");
    Path tenants = write("tenants.yaml", TENANT + "---\n" + TENANT.replace("acme", "beta"));
    assertThat(proven("apply", "-f", tenants.toString()).status()).isZero();
    assertThat(proven("policy", "backup", file.toString()).out())
        .contains("policy version 1 of mesh " + FakeNode.MESH + ", 2 resources");
    assertThat(proven("policy", "backup", file.toString()).err()).contains("--overwrite");
    byte[] first = Files.readAllBytes(file);
    assertThat(proven("policy", "backup", "--overwrite", file.toString()).status()).isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(first);

    assertThat(proven("delete", "Tenant/beta").status()).isZero();
    write("tenants.yaml", TENANT.replace("5", "9") + "---\n" + TENANT.replace("acme", "gamma"));
    assertThat(proven("apply", "-f", tenants.toString()).status()).isZero();

    assertThat(proven("policy", "restore", file.toString()).err())
        .contains("2 resources that the backup would change or delete")
        .contains("--replace");
    assertThat(proven("policy", "restore", "--dry-run", file.toString()).out())
        .contains("Tenant/acme changed (dry run)", "Tenant/beta created (dry run)")
        .contains("Tenant/gamma deleted (dry run)")
        .contains("policy version 3");
    assertThat(proven("policy", "restore", "--replace", file.toString()).out())
        .contains("Tenant/beta created\n", "3 resources in 1 commits changed, 0 unchanged");
    assertThat(proven("get", "--json").out()).contains("beta").doesNotContain("gamma");
    assertThat(proven("policy", "restore", "--json", file.toString()).out())
        .contains("\"commits\" : 0")
        .contains("\"unchanged\" : 2");
  }

  @Test
  void aDamagedBackupOrOneOfAnotherMeshIsRefused() throws Exception {
    Path file = dir.resolve("policy.backup");
    PolicySnapshot tenant = tenantOnly();
    new PolicyBackup("another", new PolicyImage(tenant, List.of())).write(file);
    assertThat(proven("policy", "restore", file.toString()).err())
        .contains("is of mesh another, and this is mesh " + FakeNode.MESH)
        .contains("--other-mesh");
    assertThat(proven("policy", "restore", "--other-mesh", file.toString()).out())
        .contains("Tenant/acme created");

    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThat(proven("policy", "restore", file.toString()).err()).contains("damaged: its SHA-256");
    Files.writeString(file, "kind: Tenant");
    assertThat(proven("policy", "restore", file.toString()).err()).contains("no backup of policy");
  }

  private static PolicySnapshot tenantOnly() {
    ResourceKey key = new ResourceKey("Tenant", "acme");
    SortedMap<ResourceKey, Resource> resources = new TreeMap<>();
    resources.put(key, new Resource(key, 1, "{\"rate\":5}", "operator:anna", 1));
    return new PolicySnapshot(1, resources);
  }

  @Test
  void aRestoreIsCommittedInPartsAndLeavesTheMeshsOwnAlone() {
    SortedMap<ResourceKey, Resource> resources = new TreeMap<>();
    for (int i = 0; i < 130; i++) {
      ResourceKey key = new ResourceKey("Tenant", "t" + i);
      resources.put(key, new Resource(key, 1, "{\"rate\":5}", "operator:anna", 1));
    }
    ResourceKey node = new ResourceKey("Node", "n");
    PolicySnapshot tenants = new PolicySnapshot(1, resources);
    resources.put(node, new Resource(node, 1, "{}", "operator:anna", 1));
    PolicySnapshot withNode = new PolicySnapshot(1, resources);

    RestorePlan own = RestorePlan.of(withNode, PolicySnapshot.EMPTY, true);
    RestorePlan others = RestorePlan.of(withNode, PolicySnapshot.EMPTY, false);
    RestorePlan back = RestorePlan.of(tenants, withNode, true);

    assertThat(own.commits()).extracting(List::size).containsExactly(64, 64, 3);
    assertThat(others.steps()).hasSize(130).doesNotContainKey(node);
    assertThat(back.steps()).isEmpty();
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
