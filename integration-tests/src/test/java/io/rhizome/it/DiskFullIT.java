// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node whose models lie on a small disk of their own; skipped where none can be mounted. */
final class DiskFullIT {
  private static final int PADDING = 24 << 20;
  private static final String SMALL = "16m";
  private static final String LARGE = "128m";
  private static final int HOLDER = 1;
  private static final int CRAMPED = 2;

  private static LocalMesh mesh;
  private static @Nullable SmallDisk disk;
  private static Path model;

  @BeforeAll
  static void startAHolderAndANodeWithASmallDisk() throws IOException, InterruptedException {
    Checkout checkout = Checkout.find();
    mesh = LocalMesh.found(checkout, 2, List.of(), PortPlan.free(2, new Random()));
    mesh.useQuickJit();
    disk =
        MountedDisk.orSkip(mesh.node(CRAMPED).directory().resolve("models"), "size=" + SMALL, mesh);
    mesh.startAll();
    mesh.awaitMembers();
    model = mesh.directory().resolve("padded.pt");
    PaddedModel.write(checkout.digitsModel(), model, PADDING, new Random(2));
    mesh.pushDigits(HOLDER, model, Digits.MODEL);
    mesh.awaitHolders(Digits.MODEL, 1);
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    if (disk != null) {
      mesh.node(CRAMPED).kill();
      disk.unmount();
      mesh.close();
    }
  }

  @Test
  void aFetchOntoAFullDiskSaysSoLeavesNothingAndWorksWhenThereIsRoom() throws Exception {
    Command load = operate("model", "load", Digits.MODEL);

    assertThat(load.exit()).isNotZero();
    assertThat(load.err()).contains("No space left on device").contains("incoming");
    assertThatNothingOfItStays();

    disk().remount("size=" + LARGE);
    assertThat(operate("model", "load", Digits.MODEL).exit()).isZero();
    assertThat(operate("model", "verify").out()).contains("sound");

    operate("model", "unload", Digits.MODEL);
    operate("model", "rm", Digits.MODEL);
    disk().remount("size=" + SMALL);
    aPushOntoAFullDisk();
  }

  private static void aPushOntoAFullDisk() throws Exception {
    String[] words = {
      "model",
      "push",
      model.toString(),
      "--name",
      "other",
      "--input",
      "pixels:FP32[-1,1,8,8]",
      "--output",
      "logits:FP32[-1,10]"
    };
    Command push = operate(words);

    assertThat(push.exit()).isNotZero();
    assertThat(push.err()).contains("No space left on device").contains("partial");
    assertThatNothingOfItStays();

    disk().remount("size=" + LARGE);
    assertThat(operate(words).exit()).isZero();
    mesh.awaitHolders("other", 1);
  }

  private static void assertThatNothingOfItStays() throws IOException {
    for (String part : List.of("incoming", "partial", "blobs", "indexes", "manifests", "links")) {
      try (Stream<Path> files = Files.list(disk().directory().resolve(part))) {
        assertThat(files).as(part).isEmpty();
      }
    }
    assertThat(Files.getFileStore(disk().directory()).getUsableSpace()).isGreaterThan(15L << 20);
  }

  private static Command operate(String... words) throws IOException, InterruptedException {
    return mesh.tryToOperate(CRAMPED, words);
  }

  private static SmallDisk disk() {
    return Objects.requireNonNull(disk);
  }
}
