// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PolicyFeedTest {
  private final Random random = new Random(1);
  private final PolicyStore store =
      new InMemoryPolicyStore(NodeId.of(new byte[32]), (policy, proposal) -> {}, () -> 5);

  private void write(int times) {
    for (int i = 0; i < times; i++) {
      Proposal proposal =
          new Proposal(
              ProposalId.random(random),
              "mesh",
              store.snapshot().version(),
              List.of(Change.put(new ResourceKey("Site", "edge"), "{}", Change.ANY)),
              new Proof(Proof.By.OPERATOR, "anna", Bytes.EMPTY, Bytes.EMPTY));
      store.propose(proposal).toCompletableFuture().join();
    }
  }

  private static final class Seen implements PolicyWatcher {
    final List<Long> versions = new ArrayList<>();
    long snapshot;

    @Override
    public void onRecord(PolicyRecord record) {
      versions.add(record.version());
    }

    @Override
    public void onSnapshot(PolicySnapshot now) {
      snapshot = now.version();
    }
  }

  @Test
  void aWatcherIsToldWhatItMissedAndWhatComesOnceAndInOrder() {
    write(5);
    Seen seen = new Seen();
    store.watch(2, seen);
    write(2);
    assertThat(seen.versions).containsExactly(3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void aWatcherThatWasAwayTooLongGetsASnapshotFirst() {
    write(PolicyLimits.MAX_RECORDS + 2);
    Seen seen = new Seen();
    store.watch(1, seen);
    write(1);
    assertThat(seen.snapshot).isEqualTo(PolicyLimits.MAX_RECORDS + 2);
    assertThat(seen.versions).containsExactly(PolicyLimits.MAX_RECORDS + 3L);
  }

  @Test
  void aWatcherThatKnowsMoreThanTheStoreIsToldNothingAgain() {
    Seen seen = new Seen();
    store.watch(3, seen);
    write(5);
    assertThat(seen.versions).containsExactly(4L, 5L);
  }

  @Test
  void aStoppedWatcherIsToldNothingMore() {
    Seen seen = new Seen();
    Runnable stop = store.watch(0, seen);
    write(3);
    stop.run();
    write(1);
    assertThat(seen.versions)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 3).boxed().toList());
  }
}
