// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.config.ConfigException;
import io.rhizome.store.Digest;
import io.rhizome.store.SignedManifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RosterTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dir;
  private Identity node;
  private Identity operator;
  private Identity stranger;
  private Path file;
  private Admitted roster;

  @BeforeEach
  void writeAndReadARoster() throws Exception {
    node = Identity.loadOrCreate(dir.resolve("node.key"));
    operator = Identity.loadOrCreate(dir.resolve("operator.key"));
    stranger = Identity.loadOrCreate(dir.resolve("stranger.key"));
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("site", "berlin");
    file = dir.resolve("roster.yaml");
    new Roster(
            List.of(Roster.Entry.of("node-1", node, labels)),
            List.of(Roster.Entry.of("alice", operator, new TreeMap<>())))
        .write(file);
    roster = Admits.of(Roster.load(file));
  }

  @Test
  void knowsWhoIsWhatAfterARoundTripThroughTheFile() {
    assertThat(roster.isNode(node.nodeId())).isTrue();
    assertThat(roster.isOperator(node.nodeId())).isFalse();
    assertThat(roster.isOperator(operator.nodeId())).isTrue();
    assertThat(roster.isNode(operator.nodeId())).isFalse();
    assertThat(roster.isNode(stranger.nodeId())).isFalse();
    assertThat(roster.name(node.nodeId())).contains("node-1");
    assertThat(roster.labels(node.nodeId())).containsEntry("site", "berlin");
    assertThat(roster.labels(stranger.nodeId())).isEmpty();
  }

  @Test
  void verifiesRecordsOfNodesOnlyAndKeepsKindsOfMessagesApart() {
    Signing signing = new Signing(node, roster);
    byte[] signature = signing.sign(MESSAGE);

    assertThat(signing.verify(node.nodeId(), MESSAGE, signature)).isTrue();
    assertThat(signing.verify(operator.nodeId(), MESSAGE, signature)).isFalse();
    assertThat(signing.verify(node.nodeId(), new byte[] {1}, signature)).isFalse();
    assertThat(signing.verify(node.nodeId(), MESSAGE, node.sign(MESSAGE))).isFalse();
    assertThat(signing.verify(node.nodeId(), MESSAGE, new byte[] {1, 2, 3})).isFalse();
    Signing strange = new Signing(stranger, roster);
    assertThat(signing.verify(stranger.nodeId(), MESSAGE, strange.sign(MESSAGE))).isFalse();
  }

  @Test
  void trustsManifestsOfOperatorsOnly() {
    Signing signing = new Signing(node, roster);
    Digest id = Digest.sha256(MESSAGE);
    byte[] message = SignedManifest.signedBytes(id);

    assertThat(signing.trusted(operator.nodeId().bytes(), id, operator.sign(message))).isTrue();
    assertThat(signing.trusted(node.nodeId().bytes(), id, node.sign(message))).isFalse();
    assertThat(signing.trusted(stranger.nodeId().bytes(), id, stranger.sign(message))).isFalse();
    assertThat(signing.trusted(operator.nodeId().bytes(), id, node.sign(message))).isFalse();
    assertThat(signing.trusted(new byte[5], id, operator.sign(message))).isFalse();
  }

  @Test
  void refusesAnUnknownKeyWithItsLineAndTheNearestKnownOne() throws Exception {
    rewrite("    labels:", "    lables:");

    assertThatThrownBy(() -> Roster.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessage(file + ":7: unknown key 'nodes[].lables'; did you mean 'nodes[].labels'?");
  }

  @Test
  void refusesAnIdThatIsNotThatOfTheKey() throws Exception {
    rewrite(node.nodeId().toString(), stranger.nodeId().toString());

    assertThatThrownBy(() -> Roster.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(":5: 'id' is not that of the public key; it should be ")
        .hasMessageContaining(node.nodeId().toString());
  }

  @Test
  void refusesTheSameNameTwice() throws Exception {
    rewrite("name: alice", "name: node-1");

    assertThatThrownBy(() -> Roster.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("name node-1 is in the roster twice");
  }

  @Test
  void refusesAKeyThatIsNotOne() throws Exception {
    rewrite("publicKey: M", "publicKey: N");

    assertThatThrownBy(() -> Roster.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(":6: 'publicKey' must be the base64 of an EC P-256 key");
  }

  private void rewrite(String from, String to) throws Exception {
    Files.writeString(file, Files.readString(file).replace(from, to));
  }
}
