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

/** API keys, from their making to their end, against a node that asks for them. */
class KeyCommandsTest {
  private static final String KEYS_ONLY =
      "kind: Tenant\nname: acme\nspec: {}\n---\nkind: Mesh\nname: mesh\nspec: {clients: keys}\n";

  @TempDir Path dir;
  private FakeNode node;

  @BeforeEach
  void startANodeThatAsksForKeys() throws Exception {
    node = new FakeNode(dir);
    assertThat(proven("apply", "-f", write("keys.yaml", KEYS_ONLY).toString()).status()).isZero();
  }

  @AfterEach
  void stopIt() throws Exception {
    node.stop();
  }

  @Test
  void aViewersKeyShowsWhatNobodySeesWithoutOne() {
    assertThat(run("status").err()).contains("UNAUTHENTICATED").contains("needs an API key");
    assertThat(run("nodes").err()).contains("UNAUTHENTICATED");
    String viewer = create("--role", "viewer");

    assertThat(viewer).startsWith("rzk1.");
    assertThat(run("status", "--api-key", viewer).status()).isZero();
    assertThat(run("nodes", "--api-key", viewer).status()).isZero();
    assertThat(run("health").status()).isZero();
  }

  @Test
  void aClientsKeyIsNotForLookingAround() {
    assertThat(run("status", "--api-key", create()).err())
        .contains("PERMISSION_DENIED")
        .contains("role client is not for status");
  }

  @Test
  void aViewerAppliesNoPolicy() throws Exception {
    String viewer = create("--role", "viewer");
    Path file = write("t.yaml", "kind: Tenant\nname: mine\nspec: {}\n");
    Path strange = dir.resolve("strange.key");
    Identity.loadOrCreate(strange);

    assertThat(run("apply", "-f", file.toString(), "--api-key", viewer).err()).contains("operator");
    assertThat(
            run(
                    "apply",
                    "-f",
                    file.toString(),
                    "--api-key",
                    viewer,
                    "--operator-key",
                    strange.toString())
                .err())
        .contains("PERMISSION_DENIED");
    assertThat(proven("get").out()).doesNotContain("mine");
  }

  @Test
  void keysAreListedAndAuditedWithoutTheirSecrets() {
    String key = create("--origin", "north", "--expires", "30d");
    String secret = key.substring(22);

    assertThat(proven("key", "list").out())
        .contains("ci-runner")
        .contains("acme")
        .contains("client")
        .contains("north")
        .contains(key.substring(5, 21))
        .doesNotContain(secret);
    assertThat(proven("key", "list", "--json").out()).contains("\"tenant\" : \"acme\"");
    assertThat(proven("audit").out())
        .contains("create ApiKey/" + key.substring(5, 21) + " (ci-runner, client of tenant acme)")
        .doesNotContain(secret);
    assertThat(proven("get", "-o", "yaml").out()).doesNotContain(secret);
  }

  @Test
  void aDeletedKeyOpensNothing() {
    String viewer = create("--role", "viewer");
    String id = viewer.substring(5, 21);

    assertThat(proven("key", "delete", id).out()).contains("ApiKey/" + id + " deleted");
    assertThat(run("status", "--api-key", viewer).err()).contains("opens nothing here");
    assertThat(proven("key", "delete", id).err()).contains("rhizome key list");
    assertThat(proven("key", "list").out()).doesNotContain(id);
  }

  @Test
  void whatDoesNotFitIsSaidWithItsCure() {
    assertThat(proven("key", "create", "x", "--tenant", "nobody").err())
        .contains("no tenant 'nobody' in policy")
        .contains("rhizome apply");
    assertThat(proven("key", "create", "x", "--tenant", "acme", "--expires", "soon").err())
        .contains("--expires must be such as 12h or 30d");
    assertThat(proven("key", "create", "not a name", "--tenant", "acme").err())
        .contains("INVALID_ARGUMENT")
        .contains("spec.name");
    assertThat(CliRun.of("key").err()).contains("create, list or delete");
    assertThat(CliRun.of("status", "--node", "tls://127.0.0.1:1").err()).contains("#ID");
    assertThat(CliRun.of("status", "--node", "tls://127.0.0.1:1#x").err()).contains("52 base32");
  }

  private String create(String... options) {
    List<String> words = new ArrayList<>(List.of("key", "create", "ci-runner", "--tenant", "acme"));
    words.addAll(List.of(options));
    CliRun made = proven(words.toArray(String[]::new));
    assertThat(made.status()).as(made.err()).isZero();
    return made.out().strip();
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
