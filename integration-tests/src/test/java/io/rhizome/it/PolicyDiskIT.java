// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A voter whose policy lies on a disk of its own, which fills up, and then cannot be written: it
 * says so, the others go on, and it catches up. Skipped where no disk can be mounted.
 */
final class PolicyDiskIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int VOTERS = 3;
  private static final int CRAMPED = 3;

  private static LocalMesh mesh;
  private static MeshPolicy policy;
  private static @Nullable SmallDisk disk;

  @BeforeAll
  static void startThreeVotersOneWithASmallDisk() throws IOException, InterruptedException {
    mesh = LocalMesh.found(Checkout.find(), VOTERS, List.of(), PortPlan.free(VOTERS, new Random()));
    policy = new MeshPolicy(mesh);
    mesh.useQuickJit();
    disk = MountedDisk.orSkip(mesh.node(CRAMPED).directory().resolve("policy"), "size=24m", mesh);
    mesh.startAll();
    mesh.awaitMembers();
    policy.awaitVoters(VOTERS);
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
  void aFullDiskAndOneThatCannotBeWrittenAreSaidAndLoseNothing() throws Exception {
    policy.apply(1, "before").orThrow();
    policy.awaitSite(CRAMPED, "before");

    var unused = disk().fill();
    policy.applySoon(1, "while-full");
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> Files.readString(mesh.node(CRAMPED).log()).contains("bytes are free for"));
    assertThat(Files.readString(mesh.node(CRAMPED).log()))
        .contains("this node's policy stops")
        .contains(disk().directory().resolve("raft").toString())
        .contains("make room and start again");
    policy.applySoon(2, "still-full");
    stopCramped();
    disk().free();
    startCrampedAndAwait("still-full");

    stopCramped();
    disk().remount("ro");
    mesh.node(CRAMPED).start();
    assertThat(mesh.node(CRAMPED).awaitExit(LIMIT)).isNotZero();
    assertThat(Files.readString(mesh.node(CRAMPED).log()))
        .contains(disk().directory().toString())
        .contains("Read-only file system");
    policy.applySoon(1, "while-read-only");
    disk().remount("rw");
    startCrampedAndAwait("while-read-only");
    policy.awaitSite(CRAMPED, "before");
  }

  private static void startCrampedAndAwait(String site) throws IOException, InterruptedException {
    mesh.node(CRAMPED).start();
    mesh.awaitReady();
    policy.awaitSite(CRAMPED, site);
    policy.awaitVoters(VOTERS);
  }

  private static void stopCramped() throws InterruptedException {
    mesh.node(CRAMPED).terminate();
    assertThat(mesh.node(CRAMPED).awaitExit(LIMIT)).isZero();
  }

  private static SmallDisk disk() {
    return Objects.requireNonNull(disk);
  }
}
