// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.Bytes;
import io.rhizome.mesh.v1.JoinRequest;
import io.rhizome.node.identity.Identity;
import io.rhizome.node.identity.Roster;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ResourceKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JoinDeskTest {
  @TempDir Path dir;
  private FoundedMesh mesh;
  private Identity joiner;

  @BeforeEach
  void aMesh() throws Exception {
    mesh = new FoundedMesh(dir);
    mesh.found();
    joiner = mesh.identity("joiner");
  }

  @Test
  void aTokenLetsAsManyInAsItSays() throws Exception {
    TokenKey token = mesh.token(2, "region", "eu,us");
    mesh.join(token, joiner, "node-3", "region", "us");

    assertThat(mesh.admissions().name(joiner.nodeId())).contains("node-3");
    assertThat(mesh.admissions().labels(joiner.nodeId())).containsEntry("region", "us");
    mesh.join(token, mesh.identity("another"), "node-4", "region", "eu");
    assertThatThrownBy(() -> mesh.join(token, mesh.identity("third"), "node-5", "region", "eu"))
        .hasMessageContaining("the token is used up");
  }

  @Test
  void whoDidNotHearTheAnswerIsToldAgainAndTakesNoOtherUse() {
    TokenKey token = mesh.token(2);
    mesh.join(token, joiner, "node-3");
    mesh.join(token, joiner, "node-3");
    ResourceKey key = AdmissionKind.TOKEN.key(token.id());
    assertThat(TokenBody.parse(key, mesh.body(key)).uses()).isEqualTo(1);
  }

  @Test
  void anExpiredTokenLetsNobodyIn() {
    TokenKey token = mesh.token(1);
    mesh.wallMillis.addAndGet(61_000);
    assertThatThrownBy(() -> mesh.join(token, joiner, "node-3"))
        .hasMessageContaining("the token expired at");
  }

  @Test
  void aForgedTokenLetsNobodyIn() {
    TokenKey unknown = new TokenKey(TokenKey.newSeed());
    assertThatThrownBy(() -> mesh.join(unknown, joiner, "node-3"))
        .hasMessageContaining("no such token");

    TokenKey token = mesh.token(1);
    JoinRequest forged =
        mesh.request(unknown, joiner, "node-3", new TreeMap<>(), mesh.desk.challenge()).toBuilder()
            .setTokenId(token.id())
            .build();
    assertThatThrownBy(() -> mesh.join(joiner, forged))
        .hasMessageContaining("the token did not sign that");
  }

  @Test
  void aStatementServesOnceAtTheNodeItIsForWithinAMinute() throws Exception {
    TokenKey token = mesh.token(3);
    JoinRequest request =
        mesh.request(token, joiner, "node-3", new TreeMap<>(), mesh.desk.challenge());
    mesh.join(joiner, request);
    assertThatThrownBy(() -> mesh.join(joiner, request)).hasMessageContaining("used before");

    Identity other = mesh.identity("other");
    JoinRequest elsewhere =
        mesh.request(
            token,
            other.nodeId(),
            mesh.second.nodeId(),
            "node-4",
            new TreeMap<>(),
            mesh.desk.challenge());
    assertThatThrownBy(() -> mesh.join(other, elsewhere)).hasMessageContaining("another node");

    JoinRequest late = mesh.request(token, other, "node-4", new TreeMap<>(), mesh.desk.challenge());
    mesh.nanos.addAndGet(TimeUnit.SECONDS.toNanos(61));
    assertThatThrownBy(() -> mesh.join(other, late)).hasMessageContaining("older than a minute");
  }

  @Test
  void aStatementIsGoodForNoOtherKey() throws Exception {
    TokenKey token = mesh.token(1);
    JoinRequest overheard =
        mesh.request(token, joiner, "node-3", new TreeMap<>(), mesh.desk.challenge());
    Identity thief = mesh.identity("thief");
    assertThatThrownBy(() -> mesh.join(thief, overheard))
        .hasMessageContaining("not what the token's holder said");
  }

  @Test
  void nobodyClaimsARegionThatTheTokenDoesNotAllow() {
    TokenKey token = mesh.token(1, "region", "eu");
    assertThatThrownBy(() -> mesh.join(token, joiner, "node-3", "region", "us"))
        .hasMessageContaining("does not allow region=us, but eu");
    assertThatThrownBy(() -> mesh.join(token, joiner, "node-3"))
        .hasMessageContaining("wants a region");
    assertThatThrownBy(() -> mesh.join(token, joiner, "node-3", "region", "eu", "site", "berlin"))
        .hasMessageContaining("does not allow site=berlin, but nothing");
  }

  @Test
  void aSeedCannotAddToWhatTheHolderSaid() {
    TokenKey token = mesh.token(1, "region", "eu,us");
    JoinRequest request =
        mesh.request(
            token, joiner, "node-3", FoundedMesh.labels("region", "eu"), mesh.desk.challenge());
    ResourceKey tokenKey = AdmissionKind.TOKEN.key(token.id());
    TokenBody body = TokenBody.parse(tokenKey, mesh.body(tokenKey));
    Change use = Change.put(tokenKey, body.used().text(), mesh.version(tokenKey));
    Change honest = node("node-3", "eu");

    refused(mesh.joinProposal(request, node("node-3", "us"), use), "not what the token's holder");
    refused(mesh.joinProposal(request, node("node-9", "eu"), use), "not what the token's holder");
    refused(mesh.joinProposal(request, honest), "one node at a time");
    refused(
        mesh.joinProposal(
            request, honest, Change.put(tokenKey, body.text(), mesh.version(tokenKey))),
        "takes one of the token's uses");
    refused(
        mesh.joinProposal(
            request, honest, use, Change.put(new ResourceKey("Site", "x"), "{}", Change.ABSENT)),
        "one node at a time");
    assertThat(mesh.admissions().isNode(joiner.nodeId())).isFalse();
  }

  private Change node(String name, String region) {
    return Change.put(
        AdmissionKind.NODE.key(joiner.nodeId()),
        EntryBody.of(Roster.Entry.of(name, joiner, FoundedMesh.labels("region", region))),
        Change.ABSENT);
  }

  private void refused(Proposal proposal, String why) {
    assertThatThrownBy(() -> mesh.store.propose(proposal).toCompletableFuture().join())
        .hasMessageContaining(why);
  }

  @Test
  void manyJoinAtOnceWithOneToken() throws Exception {
    TokenKey token = mesh.token(8);
    List<CompletableFuture<Void>> joins = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Identity one = mesh.identity("joiner-" + i);
      JoinRequest request =
          mesh.request(token, one, "many-" + i, new TreeMap<>(), mesh.desk.challenge());
      joins.add(mesh.desk.join(one.publicKey(), request).toCompletableFuture());
    }
    joins.forEach(CompletableFuture::join);
    assertThat(mesh.admissions().nodes()).hasSize(10);
  }

  @Test
  void aTokensTextCarriesAllButIsNotRepeatedInComplaints() {
    assertThatThrownBy(() -> JoinText.parse("rzt1.c2VjcmV0"))
        .hasMessageContaining("the join token is damaged")
        .hasMessageNotContaining("c2VjcmV0");
    assertThatThrownBy(() -> JoinText.parse("abc")).hasMessageContaining("no join token");
    assertThat(TokenKey.verify(Bytes.EMPTY.toArray(), new byte[0], new byte[64])).isFalse();
  }
}
