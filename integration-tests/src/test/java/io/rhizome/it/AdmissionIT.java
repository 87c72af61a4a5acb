// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Nodes that come and go for good, in a mesh of real processes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AdmissionIT {
  private static final int FIRST = 3;
  private static final int PLANNED = 8;
  private static final String NEW_KEY = "sealed with a new mesh key";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Checkout checkout;
  private LocalMesh mesh;

  @BeforeAll
  void found() throws IOException, InterruptedException {
    checkout = Checkout.find();
    mesh = LocalMesh.found(checkout, FIRST, List.of(), PortPlan.free(PLANNED, new Random()));
    mesh.useQuickJit();
    mesh.startAll();
    mesh.awaitMembers();
    mesh.pushDigits(2);
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> json(2, "policy", "status").get("voters").size() == FIRST);
  }

  @AfterAll
  void stop() {
    mesh.close();
  }

  private JsonNode json(int asked, String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--json", "--node", mesh.node(asked).address()));
    return mesh.rhizome(all.toArray(String[]::new)).orThrow().json();
  }

  private Command infer(int asked) throws IOException, InterruptedException {
    return mesh.rhizome(
        "infer",
        Digits.MODEL,
        "--input",
        checkout.root().resolve("deploy/models/seven.json").toString(),
        "--node",
        mesh.node(asked).address());
  }

  private void awaitServed(int asked) {
    Awaitility.await().atMost(LIMIT).until(() -> infer(asked).exit() == 0);
  }

  private List<String> names(int asked) throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    for (JsonNode node : json(asked, "nodes").get("nodes")) {
      if (List.of("ALIVE", "SUSPECT").contains(node.get("status").asText())) {
        names.add(node.path("labels").path("name").asText());
      }
    }
    return names;
  }

  private int joined(String token, String... options) throws IOException, InterruptedException {
    mesh.join(token, options).awaitReady(LIMIT);
    return mesh.nodes().size();
  }

  @Test
  void aNodeJoinsWhileTheFounderIsGone() throws IOException, InterruptedException {
    String token = mesh.token(2, "--label", "region=eu,us");
    mesh.node(1).kill();
    int i = joined(token, "--label", "region=us");
    awaitServed(i);
    assertThat(json(i, "nodes").toString()).contains("\"region\":\"us\"");
    mesh.restart(1);
    Awaitility.await().atMost(LIMIT).until(() -> names(1).contains(mesh.node(i).name()));

    Command again =
        mesh.rhizome(
            "join",
            token,
            mesh.directory().resolve("late").toString(),
            "--name",
            "late",
            "--label",
            "region=eu");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("token is used up").doesNotContain(token);
  }

  @Test
  void aTokenGivesNoOtherRegion() throws IOException, InterruptedException {
    String token = mesh.token(2, "--label", "region=eu");
    Command refused =
        mesh.rhizome(
            "join", token, mesh.directory().resolve("liar").toString(), "--label", "region=us");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("does not allow region=us, but eu");
  }

  @Test
  void whoIsRevokedIsRefusedAndDoesNotComeBack() throws IOException, InterruptedException {
    int i = joined(mesh.token(2));
    awaitServed(i);
    Awaitility.await().atMost(LIMIT).until(() -> names(1).contains(mesh.node(i).name()));
    mesh.operate(2, "revoke", mesh.node(i).name(), "--reason", "stolen");

    Awaitility.await().atMost(LIMIT).until(() -> infer(i).exit() != 0);
    for (int j = 1; j <= FIRST; j++) {
      int asked = j;
      Awaitility.await().atMost(LIMIT).until(() -> !names(asked).contains(mesh.node(i).name()));
      awaitServed(asked);
    }
    // The others have a new key, and it was not told.
    for (int j = 1; j <= FIRST; j++) {
      Path log = mesh.node(j).log();
      Awaitility.await().atMost(LIMIT).until(() -> Files.readString(log).contains(NEW_KEY));
    }
    assertThat(Files.readString(mesh.node(i).log())).doesNotContain(NEW_KEY);

    mesh.node(i).kill();
    mesh.restart(i);
    assertThat(infer(i).exit()).isNotZero();
    assertThat(names(2)).doesNotContain(mesh.node(i).name());
    assertThat(json(2, "audit", "--operator-key", mesh.operatorKey().toString()).toString())
        .contains("Revoked/");
    mesh.node(i).kill();
  }

  @Test
  void aNodeThatSleptThroughANewMeshKeyComesBack() throws IOException, InterruptedException {
    mesh.node(3).kill();
    mesh.operate(2, "rotate-key");
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> names(2).stream().noneMatch(mesh.node(3).name()::equals));
    mesh.restart(3);
    Awaitility.await().atMost(LIMIT).until(() -> names(2).contains(mesh.node(3).name()));
    awaitServed(3);
  }

  @Test
  void aNodeReplacesItsKey() throws IOException, InterruptedException {
    int i = joined(mesh.token(2));
    awaitServed(i);
    String before = id(i);
    Path directory = mesh.node(i).directory();
    mesh.node(i).terminate();
    mesh.node(i).awaitExit(LIMIT);

    mesh.rhizome("replace-key", directory.toString(), "--node", mesh.node(2).address()).orThrow();
    mesh.restart(i);

    awaitServed(i);
    assertThat(id(i)).isNotEqualTo(before);
    Awaitility.await().atMost(LIMIT).until(() -> names(2).contains(mesh.node(i).name()));
  }

  private String id(int asked) throws IOException, InterruptedException {
    return json(asked, "status").get("node_id").asText();
  }
}
