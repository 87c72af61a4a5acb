// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Signature;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
  @TempDir Path dir;

  @Test
  void isMadeOnceAndIsTheSameAfterARestart() throws Exception {
    Path file = dir.resolve("identity/node.key");

    Identity first = Identity.loadOrCreate(file);
    Identity second = Identity.loadOrCreate(file);

    assertThat(second.nodeId()).isEqualTo(first.nodeId());
    assertThat(second.publicKey()).isEqualTo(first.publicKey());
    assertThat(first.nodeId()).isEqualTo(NodeId.ofPublicKey(first.publicKey().getEncoded()));
  }

  @Test
  void itsKeyFileIsForItsOwnerOnlyAndNothingElseIsLeftBehind() throws Exception {
    Path file = dir.resolve("node.key");

    Identity.loadOrCreate(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void refusesAKeyThatOthersCanReadAndSaysHowToCureIt() throws Exception {
    Path file = dir.resolve("node.key");
    Identity.loadOrCreate(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> Identity.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("chmod 600 " + file);
  }

  @Test
  void refusesADamagedKeyFileRatherThanMakingANewNode() throws Exception {
    Path file = dir.resolve("node.key");
    Identity.loadOrCreate(file);
    Files.writeString(file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

    assertThatThrownBy(() -> Identity.loadOrCreate(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("damaged key file");
  }

  @Test
  void readsABareKeyAndComputesItsPublicHalf() throws Exception {
    Path file = dir.resolve("node.key");
    Identity made = Identity.loadOrCreate(file);
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.indexOf("-----BEGIN CERTIFICATE")));

    assertThat(Identity.load(file).nodeId()).isEqualTo(made.nodeId());
  }

  @Test
  void refusesACertificateOfAnotherKey() throws Exception {
    Path file = dir.resolve("node.key");
    Identity.loadOrCreate(file);
    Identity.loadOrCreate(dir.resolve("other.key"));
    String text = Files.readString(file);
    String other = Files.readString(dir.resolve("other.key"));
    String begin = "-----BEGIN CERTIFICATE";
    Files.writeString(
        file, text.substring(0, text.indexOf(begin)) + other.substring(other.indexOf(begin)));

    assertThatThrownBy(() -> Identity.load(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not for the key in it");
  }

  @Test
  void signsSoThatTheJdkVerifies() throws Exception {
    Identity identity = Identity.loadOrCreate(dir.resolve("node.key"));
    byte[] message = "hello".getBytes(StandardCharsets.UTF_8);

    byte[] signature = Identity.load(dir.resolve("node.key")).sign(message);

    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(identity.publicKey());
    verifier.update(message);
    assertThat(verifier.verify(signature)).isTrue();
    assertThat(signature).hasSizeLessThanOrEqualTo(80);
  }

  @Test
  void countsBootsAcrossRestarts() throws Exception {
    Path file = dir.resolve("identity/epoch");

    assertThat(BootEpoch.next(file)).isEqualTo(1);
    assertThat(BootEpoch.next(file)).isEqualTo(2);
    assertThat(Files.readString(file)).isEqualTo("2\n");
  }

  @Test
  void anEpochIsRaisedToWhatTheMeshHasSeenAndNeverLowered() throws Exception {
    Path file = dir.resolve("epoch");
    BootEpoch.raise(file, 7);
    BootEpoch.raise(file, 3);
    assertThat(BootEpoch.next(file)).isEqualTo(8);
  }

  @Test
  void neverStartsCountingAgainOverADamagedEpoch() throws Exception {
    Path file = Files.writeString(dir.resolve("epoch"), "x");

    assertThatThrownBy(() -> BootEpoch.next(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not a counter");
  }

  @Test
  void meshKeysAreThirtyTwoBytesThatSurviveTheFile() throws Exception {
    Path file = dir.resolve("mesh.key");
    MeshKey.create(file);

    assertThat(MeshKey.load(file).bytes()).hasSize(32).isEqualTo(MeshKey.load(file).bytes());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
