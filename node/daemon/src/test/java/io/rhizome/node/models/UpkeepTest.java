// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.models;

import static io.rhizome.node.models.Fakes.bytes;
import static io.rhizome.node.models.Fakes.done;
import static io.rhizome.node.models.Fakes.failure;
import static io.rhizome.node.models.Fakes.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.rhizome.node.models.ModelException.Code;
import io.rhizome.node.models.Verified.State;
import io.rhizome.store.BlobWriter;
import io.rhizome.store.Digest;
import io.rhizome.store.Garbage;
import io.rhizome.store.SignedManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of files that rot, and of disks that fill up. */
class UpkeepTest {
  /** A file that every write finds to be on a full disk. */
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path directory;

  private final SignedManifest digits = signed("digits", 1, "weights", "labels");
  private final Digest weights = Digest.sha256(bytes("weights"));
  private final Fakes.Membership membership = new Fakes.Membership();
  private final Fakes.Source source = new Fakes.Source();
  private final Fakes.Engine engine = new Fakes.Engine();
  private Models models;

  @BeforeEach
  void openModels() throws IOException {
    models =
        Models.open(
            directory,
            ModelsConfig.DEFAULT,
            new Models.Ports(
                engine, source, Fakes::trusted, membership::view, held -> {}, () -> false));
    membership.holder(1, digits);
    source.holder(1, digits, "weights", "labels");
  }

  @AfterEach
  void closeModels() {
    models.close();
  }

  @Test
  void verifiesEveryFileAndRepairsFromPeersWhatRotted() throws Exception {
    done(models.load("digits", 0, progress -> {}));
    assertThat(done(models.verify("", 0)))
        .extracting(Verified::state)
        .containsExactly(State.SOUND, State.SOUND);
    Files.writeString(blob(), "wEights");

    assertThat(done(models.verify("digits", 1)))
        .extracting(Verified::state)
        .containsExactly(State.REPAIRED, State.SOUND);
    assertThat(blob()).hasContent("weights");
  }

  @Test
  void saysWhatNoPeerCouldRepair() throws Exception {
    done(models.load("digits", 0, progress -> {}));
    Files.writeString(blob(), "wEights");
    source.file(1, weights, "WEIGHTS");

    Verified damaged = done(models.verify("digits", 0)).get(0);

    assertThat(damaged.state()).isEqualTo(State.DAMAGED);
    assertThat(damaged.file().name()).isEqualTo("file0");
    assertThat(damaged.reason()).contains("no holder gave file 'file0'");
    assertThat(failure(models.verify("cats", 0)).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void collectsGarbageAndNoModel() throws Exception {
    done(models.load("digits", 0, progress -> {}));
    Files.writeString(blob(), "wEights");
    done(models.verify("", 0));
    Garbage rotten = new Garbage(Path.of("damaged", weights.toString()), 7, Garbage.Kind.DAMAGED);

    assertThat(done(models.collectGarbage(true))).containsExactly(rotten);
    assertThat(done(models.collectGarbage(false))).containsExactly(rotten);
    assertThat(done(models.collectGarbage(false))).isEmpty();
    assertThat(done(models.verify("", 0)))
        .extracting(Verified::state)
        .containsExactly(State.SOUND, State.SOUND);
  }

  @Test
  void aDiskThatFillsUpInMidFetchIsNamedLeavesNothingAndIsNoHindranceLater() throws Exception {
    assumeThat(FULL).exists();
    Path arriving = directory.resolve("incoming").resolve(weights.toString());
    Files.createSymbolicLink(arriving, FULL);

    ModelException failure = failure(models.load("digits", 0, progress -> {}));

    assertThat(failure.code()).isEqualTo(Code.STORAGE);
    assertThat(failure)
        .hasMessageContaining("cannot write")
        .hasMessageContaining("No space left on device");
    assertThat(models.resident()).isEmpty();
    assertThat(directory.resolve("incoming")).isEmptyDirectory();
    assertThat(directory.resolve("blobs")).isEmptyDirectory();

    done(models.load("digits", 0, progress -> {}));
    assertThat(engine.calls).containsExactly("load digits 1 weights labels");
  }

  @Test
  void aDiskThatFillsUpInMidPushIsNamedAndLeavesNothing() throws Exception {
    assumeThat(FULL).exists();
    Files.createSymbolicLink(directory.resolve("partial").resolve(weights + ".1"), FULL);
    BlobWriter writer = models.stage(digits, digits.manifest().files().get(0));

    Assertions.assertThatIOException()
        .isThrownBy(() -> writer.write(ByteBuffer.wrap(bytes("weights"))))
        .withMessageContaining("No space left on device");
    writer.abort();

    assertThat(directory.resolve("partial")).isEmptyDirectory();
    assertThat(done(models.collectGarbage(true))).isEqualTo(List.of());
  }

  private Path blob() {
    return directory.resolve("blobs").resolve(weights.toString());
  }
}
