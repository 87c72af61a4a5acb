// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.Voters.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rhizome.gossip.NodeId;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Voters that are 600 ms of round trip apart, over links that lose 5% of all messages. */
@Timeout(120)
class SlowLinksTest {
  private static final int ONE_WAY_MILLIS = 300;
  private static final double LOSS = 0.05;

  /** A voter that knows these links waits as long for a leader, at least; see {@link Pace}. */
  private static final long SETTLED_MILLIS = 8 * 2 * ONE_WAY_MILLIS * 2 / 3;

  @TempDir private Path directory;
  private Voters voters;

  @BeforeEach
  void open() {
    voters = new Voters(directory, (policy, proposal) -> {});
  }

  @AfterEach
  void close() {
    voters.close();
  }

  @Test
  void aLeaderThatLivesIsNotReplacedAndWritesCommit() throws Exception {
    voters.grow(3);
    voters.wires.slow(ONE_WAY_MILLIS, LOSS);
    await()
        .atMost(Voters.SOON)
        .until(
            () ->
                voters.stores.values().stream()
                    .allMatch(store -> store.electionMillis() >= SETTLED_MILLIS));
    voters.write(node(1), "settled");
    NodeId leader = voters.store(node(1)).status().leader().orElseThrow();
    long term = voters.store(leader).status().term();

    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    int written = 0;
    while (System.nanoTime() - end < 0) {
      voters.write(node(1 + written % 3), "m" + written);
      written++;
    }

    assertThat(written).isGreaterThanOrEqualTo(3);
    assertThat(voters.store(leader).status().term()).isEqualTo(term);
    assertThat(voters.store(leader).status().leader()).contains(leader);
  }
}
