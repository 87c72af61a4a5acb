// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.MeshKey;
import io.rhizome.node.identity.Proposals;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ResourceKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeshRulesTest {
  private static final ResourceKey SITE = new ResourceKey("Site", "berlin");

  @TempDir Path dir;
  private FoundedMesh mesh;

  @BeforeEach
  void aMesh() throws Exception {
    mesh = new FoundedMesh(dir);
  }

  @Test
  void theFirstNodesFoundTheMeshAsTheirFilesSay() {
    mesh.found();

    Admissions now = mesh.admissions();
    assertThat(now.isNode(mesh.first.nodeId())).isTrue();
    assertThat(now.isNode(mesh.second.nodeId())).isTrue();
    assertThat(now.isOperator(mesh.operator.nodeId())).isTrue();
    assertThat(now.labels(mesh.first.nodeId())).containsEntry("region", "eu");
    assertThat(now.mesh()).contains(mesh.founding.mesh());
    assertThat(now.meshKey()).isPresent();
  }

  @Test
  void nobodyWritesBeforeTheFounding() {
    assertThatThrownBy(
            () -> mesh.propose(mesh.operator, Proof.By.OPERATOR, Change.put(SITE, "{}", 0)))
        .hasMessageContaining("being founded");
  }

  @Test
  void anotherFoundingIsRefusedAndTheSameOneMakesNothingTwice() throws Exception {
    Identity strange = mesh.identity("strange");
    MeshKey.create(dir.resolve("strange.mesh.key"));
    Founding other =
        Founding.of(
            new Roster(List.of(Roster.Entry.of("node-9", strange, new TreeMap<>())), List.of()),
            MeshKey.load(dir.resolve("strange.mesh.key")));
    Proposal forged =
        Proposals.sign(
            mesh.first, Proof.By.NODE, mesh.id(), mesh.founding.mesh(), 0, other.changes());
    assertThatThrownBy(() -> mesh.store.propose(forged).toCompletableFuture().join())
        .hasMessageContaining("not how the mesh is founded");

    Proposal unsigned =
        Proposals.sign(
            strange, Proof.By.NODE, mesh.id(), mesh.founding.mesh(), 0, mesh.founding.changes());
    assertThatThrownBy(() -> mesh.store.propose(unsigned).toCompletableFuture().join())
        .hasMessageContaining("none of the first nodes signed");

    Proposal founding = mesh.founding.proposal(mesh.second, 0, new Random(2));
    mesh.store.propose(founding).toCompletableFuture().join();
    assertThat(mesh.store.propose(founding).toCompletableFuture().join()).isEqualTo(1);
    assertThatThrownBy(mesh::found).hasMessageContaining("expected version 0, found 1");
  }

  @Test
  void onlyOperatorsOfThisMeshWrite() throws Exception {
    mesh.found();
    Identity stranger = mesh.identity("stranger");
    assertThatThrownBy(() -> mesh.propose(stranger, Proof.By.OPERATOR, Change.put(SITE, "{}", 0)))
        .hasMessageContaining("no operator of this mesh signed");
    assertThatThrownBy(() -> mesh.propose(mesh.first, Proof.By.OPERATOR, Change.put(SITE, "{}", 0)))
        .hasMessageContaining("no operator of this mesh signed");
    assertThatThrownBy(() -> mesh.propose(mesh.first, Proof.By.NODE, Change.put(SITE, "{}", 0)))
        .hasMessageContaining("a node may replace its own key, nothing else");
    Proposal elsewhere =
        Proposals.sign(
            mesh.operator,
            Proof.By.OPERATOR,
            mesh.id(),
            "another",
            0,
            List.of(Change.put(SITE, "{}", 0)));
    assertThatThrownBy(() -> mesh.store.propose(elsewhere).toCompletableFuture().join())
        .hasMessageContaining("for mesh another");

    mesh.propose(mesh.operator, Proof.By.OPERATOR, Change.put(SITE, "{}", 0));
    assertThat(mesh.store.snapshot().resources()).containsKey(SITE);
  }

  @Test
  void whatIsSignedCannotBeChanged() {
    mesh.found();
    Proposal signed =
        Proposals.sign(
            mesh.operator,
            Proof.By.OPERATOR,
            mesh.id(),
            mesh.founding.mesh(),
            1,
            List.of(Change.put(SITE, "{}", 0)));
    Proposal changed =
        new Proposal(
            signed.id(),
            signed.mesh(),
            signed.basis(),
            List.of(Change.put(new ResourceKey("Site", "paris"), "{}", 0)),
            signed.proof());
    assertThatThrownBy(() -> mesh.store.propose(changed).toCompletableFuture().join())
        .hasMessageContaining("no operator of this mesh signed");
  }

  @Test
  void theLastOperatorAndTheMeshKeyStay() {
    mesh.found();
    ResourceKey operator = AdmissionKind.OPERATOR.key(mesh.operator.nodeId());
    assertThatThrownBy(
            () ->
                mesh.propose(mesh.operator, Proof.By.OPERATOR, Change.delete(operator, Change.ANY)))
        .hasMessageContaining("the last operator cannot be taken away");
    assertThatThrownBy(
            () ->
                mesh.propose(
                    mesh.operator,
                    Proof.By.OPERATOR,
                    Change.delete(AdmissionKind.MESH_KEY.only(), Change.ANY)))
        .hasMessageContaining("there must be a mesh key");
    assertThatThrownBy(
            () ->
                mesh.propose(
                    mesh.operator,
                    Proof.By.OPERATOR,
                    Change.put(AdmissionKind.MESH_KEY.only(), "{\"key\":\"00\"}", Change.ANY)))
        .hasMessageContaining("has 1 bytes, not 32");
  }

  @Test
  void whoIsRevokedIsOutForEver() {
    mesh.found();
    ResourceKey node = AdmissionKind.NODE.key(mesh.second.nodeId());
    String body = mesh.body(node);
    ResourceKey revoked = AdmissionKind.REVOKED.key(mesh.second.nodeId());
    String why = new RevokedBody("node-2", "stolen").text();
    assertThatThrownBy(
            () ->
                mesh.propose(
                    mesh.operator, Proof.By.OPERATOR, Change.put(revoked, why, Change.ABSENT)))
        .hasMessageContaining("must be deleted with it");

    mesh.propose(
        mesh.operator,
        Proof.By.OPERATOR,
        Change.delete(node, Change.ANY),
        Change.put(revoked, why, Change.ABSENT));

    assertThat(mesh.admissions().isNode(mesh.second.nodeId())).isFalse();
    assertThatThrownBy(
            () ->
                mesh.propose(
                    mesh.operator, Proof.By.OPERATOR, Change.put(node, body, Change.ABSENT)))
        .hasMessageContaining("was revoked");
    TokenKey token = mesh.token(1);
    assertThatThrownBy(() -> mesh.join(token, mesh.second, "node-2"))
        .hasMessageContaining("was revoked");
  }

  @Test
  void namesAreGivenOnce() {
    mesh.found();
    TokenKey token = mesh.token(1);
    assertThatThrownBy(() -> mesh.join(token, mesh.identity("joiner"), "node-1"))
        .hasMessageContaining("the name 'node-1' is taken");
  }

  @Test
  void aNodeReplacesItsOwnKeyAndNoOther() throws Exception {
    mesh.found();
    Identity next = mesh.identity("next");
    Roster.Entry old = entry(mesh.first);
    long version = mesh.version(AdmissionKind.NODE.key(old.id()));
    Change[] changes =
        SuccessionRules.changes(old, version, next.publicKey()).toArray(new Change[0]);

    assertThatThrownBy(() -> mesh.propose(mesh.second, Proof.By.NODE, changes))
        .hasMessageContaining("a node may replace its own key, nothing else");
    Proposal replacing =
        Proposals.sign(
            mesh.first, Proof.By.NODE, mesh.id(), mesh.founding.mesh(), 1, List.of(changes));
    assertThat(mesh.store.propose(replacing).toCompletableFuture().join()).isEqualTo(2);
    assertThat(mesh.store.propose(replacing).toCompletableFuture().join()).isEqualTo(2);

    Admissions now = mesh.admissions();
    assertThat(now.isNode(mesh.first.nodeId())).isFalse();
    assertThat(now.name(next.nodeId())).contains("node-1");
    assertThat(now.labels(next.nodeId())).containsEntry("region", "eu");
  }

  private Roster.Entry entry(Identity identity) {
    return mesh.admissions().nodes().stream()
        .filter(entry -> entry.id().equals(identity.nodeId()))
        .findFirst()
        .orElseThrow();
  }
}
