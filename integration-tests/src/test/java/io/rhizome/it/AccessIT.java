// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.v1.ListNodesRequest;
import io.rhizome.v1.NodeInfo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A mesh that asks its clients for keys. Its second node holds nothing, and speaks TLS on both of
 * its public ports; what it is asked it forwards to the first.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AccessIT {
  private static final int NODES = 2;
  private static final int HOLDER = 1;
  private static final int SECURE = 2;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String KEYS_ONLY =
      """
      kind: Mesh
      name: mesh
      spec: {clients: keys}
      ---
      kind: Tenant
      name: acme
      spec: {}
      ---
      kind: Tenant
      name: elsewhere
      spec: {models: [other]}
      """;
  private static final String BODY =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[7]}]}";

  private final HttpClient https =
      HttpClient.newBuilder().sslContext(AnyCertificate.context()).build();
  private LocalMesh mesh;
  private String secureAddress;
  private String idOfHolder;

  @BeforeAll
  void found() throws IOException, InterruptedException {
    mesh = LocalMesh.found(Checkout.find(), NODES, List.of(), PortPlan.free(NODES, new Random()));
    mesh.useQuickJit();
    mesh.node(HOLDER).start();
    Path config = mesh.node(SECURE).directory().resolve("rhizome.yaml");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\napi:\n", "\napi:\n  plaintext: false\n")
            .replace("\nhttp:\n", "\nhttp:\n  plaintext: false\n"));
    mesh.node(SECURE).start();
    mesh.awaitReady();
    Awaitility.await().atMost(LIMIT).until(() -> id(SECURE).isPresent());
    idOfHolder = id(HOLDER).orElseThrow();
    secureAddress = "tls://" + mesh.node(SECURE).address() + "#" + id(SECURE).orElseThrow();
    mesh.pushBuiltIn(HOLDER, "echo");
    Path file = mesh.directory().resolve("keys.yaml");
    Files.writeString(file, KEYS_ONLY);
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> mesh.tryToOperate(HOLDER, "apply", "-f", file.toString()).exit() == 0);
    awaitStatus(401, null);
  }

  @AfterAll
  void stop() {
    mesh.close();
  }

  /** The id of node i, once the holder knows it. */
  private Optional<String> id(int i) {
    return mesh
        .client(HOLDER)
        .admin(LIMIT)
        .listNodes(ListNodesRequest.getDefaultInstance())
        .getNodesList()
        .stream()
        .filter(node -> node.getLabelsOrDefault("name", "").equals(mesh.node(i).name()))
        .map(NodeInfo::getNodeId)
        .findFirst();
  }

  private HttpResponse<String> infer(@Nullable String key)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    "https://127.0.0.1:" + mesh.node(SECURE).httpPort() + "/v2/models/echo/infer"))
            .timeout(LIMIT)
            .POST(HttpRequest.BodyPublishers.ofString(BODY));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return https.send(request.build(), BodyHandlers.ofString());
  }

  private void awaitStatus(int status, @Nullable String key) {
    Awaitility.await().atMost(LIMIT).until(() -> infer(key).statusCode() == status);
  }

  private String key(String tenant, String role) throws IOException, InterruptedException {
    return mesh.operate(HOLDER, "key", "create", "it", "--tenant", tenant, "--role", role)
        .out()
        .strip();
  }

  @Test
  void aKeyMadeAtOneNodeOpensAnotherWhichForwardsToTheHolder()
      throws IOException, InterruptedException {
    String key = key("acme", "client");
    awaitStatus(200, key);
    assertThat(infer(key).body()).contains("\"data\":[7").contains("node-1");
    assertThat(infer(null).statusCode()).isEqualTo(401);
    assertThat(infer(null).body()).contains("rhizome key create");

    Path body = mesh.directory().resolve("body.json");
    Files.writeString(body, BODY);
    String[] overGrpc = {"infer", "echo", "--input", body.toString(), "--node", secureAddress};
    assertThat(mesh.rhizome(overGrpc).err()).contains("UNAUTHENTICATED");
    List<String> withKey = new ArrayList<>(List.of(overGrpc));
    withKey.addAll(List.of("--json", "--api-key", key));
    assertThat(mesh.rhizome(withKey.toArray(String[]::new)).orThrow().out()).contains("node-1");
  }

  @Test
  void aTenantUsesItsModelsOnly() throws IOException, InterruptedException {
    String key = key("elsewhere", "client");
    awaitStatus(403, key);
    assertThat(infer(key).body()).contains("tenant 'elsewhere' may not use model 'echo'");
  }

  @Test
  void aDeletedKeyIsRefusedAtEveryNode() throws IOException, InterruptedException {
    String key = key("acme", "client");
    awaitStatus(200, key);
    mesh.operate(HOLDER, "key", "delete", key.substring(5, 21));
    awaitStatus(401, key);
  }

  @Test
  void aViewerLooksOverPinnedTlsAndChangesNothing() throws IOException, InterruptedException {
    String viewer = key("acme", "viewer");
    awaitStatus(403, viewer);
    assertThat(mesh.rhizome("status", "--node", secureAddress).err()).contains("UNAUTHENTICATED");
    assertThat(mesh.rhizome("status", "--node", secureAddress, "--api-key", viewer).orThrow().out())
        .contains("node-2");
    Path file = mesh.directory().resolve("viewer.yaml");
    Files.writeString(file, "kind: Tenant\nname: mine\nspec: {}\n");
    Command applied =
        mesh.rhizome(
            "apply",
            "-f",
            file.toString(),
            "--node",
            secureAddress,
            "--api-key",
            viewer,
            "--operator-key",
            mesh.node(HOLDER).directory().resolve("identity/node.key").toString());
    assertThat(applied.err()).contains("PERMISSION_DENIED");
    assertThat(mesh.operate(HOLDER, "get").out()).doesNotContain("Tenant/mine");
  }

  @Test
  void aClientMayProveACertificatesKeyInPlaceOfASecret() throws IOException, InterruptedException {
    Path strange = mesh.directory().resolve("strange");
    mesh.rhizome("init", "--nodes", "1", strange.toString()).orThrow();
    String file = strange.resolve("node-1/identity/node.key").toString();
    String[] status = {"status", "--node", secureAddress, "--client-key", file};
    assertThat(mesh.rhizome(status).err()).contains("no API key is of this client certificate");

    mesh.operate(
        HOLDER,
        "key",
        "create",
        "it",
        "--tenant",
        "acme",
        "--role",
        "viewer",
        "--certificate",
        file);
    Awaitility.await().atMost(LIMIT).until(() -> mesh.rhizome(status).exit() == 0);
  }

  @Test
  void operatorsNeedNoKeyForWhatTheySign() throws IOException, InterruptedException {
    mesh.pushBuiltIn(HOLDER, "timer", "service_millis=1");
    mesh.load(HOLDER, "timer");
    assertThat(mesh.operate(HOLDER, "key", "list").out()).contains("TENANT");
  }

  @Test
  void theAuditNamesTheKeyAndHoldsNoSecret() throws IOException, InterruptedException {
    String key = key("acme", "client");
    assertThat(mesh.operate(HOLDER, "audit").out())
        .contains("create ApiKey/" + key.substring(5, 21) + " (it, client of tenant acme)")
        .doesNotContain(key.substring(22));
  }

  @Test
  void overTlsTheWrongKeyAtTheFarEndAndPlainTextGetNowhere()
      throws IOException, InterruptedException {
    String holder = secureAddress.replaceFirst("#.*", "#" + idOfHolder);
    assertThat(mesh.rhizome("status", "--node", holder).err()).contains("cannot reach");
    assertThat(mesh.rhizome("status", "--node", mesh.node(SECURE).address()).exit()).isNotZero();
    assertThat(mesh.rhizome("health", mesh.node(SECURE).directory().toString()).orThrow().out())
        .contains("SERVING");
    assertThat(mesh.rhizome("health", mesh.node(HOLDER).directory().toString()).orThrow().out())
        .contains("SERVING");
  }
}
