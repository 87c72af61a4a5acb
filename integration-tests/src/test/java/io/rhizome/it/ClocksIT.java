// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Wall clocks that step and that are wrong by decades change nothing. Needs a C compiler, for a
 * library that gives a process a clock of its own; skipped, and says so, where there is none.
 */
final class ClocksIT {
  private static final int NODES = 4;
  private static final int VOTERS = 3;
  private static final long HOUR_SECONDS = 3_600;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private LocalMesh mesh;
  private MeshPolicy policy;

  @BeforeEach
  void found() throws IOException, InterruptedException {
    if (!NativeLibrary.possible()) {
      System.out.println("SKIPPED ClocksIT: there is no C compiler `cc`");
    }
    Assumptions.assumeTrue(NativeLibrary.possible(), "there is no C compiler `cc`");
    Checkout checkout = Checkout.find();
    mesh = LocalMesh.found(checkout, NODES, List.of(), PortPlan.free(NODES, new Random()));
    policy = new MeshPolicy(mesh);
    mesh.useQuickJit();
    Path library = NativeLibrary.build(checkout, "wallclock", mesh.directory());
    for (int i = 1; i <= NODES; i++) {
      setClock(i, 0);
      mesh.node(i).setEnvironment("LD_PRELOAD", library.toString());
      mesh.node(i).setEnvironment("WALL_CLOCK_OFFSET", clock(i).toString());
    }
    mesh.startAll();
    mesh.awaitMembers();
    policy.awaitVoters(VOTERS);
  }

  @AfterEach
  void stop() {
    if (mesh != null) {
      mesh.close();
    }
  }

  private Path clock(int node) {
    return mesh.directory().resolve("clock-" + node);
  }

  /** From now on the node's wall clock differs from this machine's by so much. */
  private void setClock(int node, long seconds) throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(seconds).array();
    Files.write(clock(node), bytes);
  }

  private long secondsTo1970() {
    return HOUR_SECONDS - Instant.now().getEpochSecond();
  }

  private List<Integer> all() {
    return IntStream.rangeClosed(1, NODES).boxed().toList();
  }

  @Test
  void noStepOfAClockChangesAnything() throws IOException, InterruptedException {
    int leader = policy.leader();
    long term = policy.term(1);
    for (long seconds : List.of(HOUR_SECONDS, -HOUR_SECONDS, secondsTo1970())) {
      setClock(leader, seconds);
      String site = "clock-off-by-" + Math.abs(seconds) + (seconds < 0 ? "-back" : "");
      policy.apply(leader % NODES + 1, site).orThrow();
      policy.awaitSite(all(), site);
    }
    assertThat(mesh.operate(1, "audit").out()).contains("1970-01-01");
    assertThat(policy.leader()).as("who leads").isEqualTo(leader);
    assertThat(policy.term(1)).as("the term").isEqualTo(term);

    for (int node : List.of(leader, follower())) {
      mesh.node(node).kill();
      setClock(node, secondsTo1970());
      mesh.node(node).start("--set", "log.format=json");
      mesh.awaitReady();
      mesh.awaitMembers();
      String site = "started-in-1970-" + node;
      policy.applySoon(node, site);
      policy.awaitSite(all(), site);
      assertThat(Files.readString(mesh.node(node).log())).contains("1970-01-01");
    }
    policy.awaitVoters(VOTERS);
    for (int i : all()) {
      assertThat(policy.age(i)).as("age").isLessThan(LIMIT);
    }
  }

  /** The node that does not vote. */
  private int follower() {
    SortedSet<Integer> voters = policy.voters();
    return all().stream().filter(i -> !voters.contains(i)).findFirst().orElseThrow();
  }
}
