// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.Voters.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyRecord;
import io.rhizome.node.policy.PolicySnapshot;
import io.rhizome.node.policy.PolicyWatcher;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Voters that lose each other, their process, their log or their disk. */
@Timeout(120)
class FaultsTest {
  @TempDir private Path directory;
  private Voters voters;

  @BeforeEach
  void open() throws Exception {
    voters = new Voters(directory, (policy, proposal) -> {});
  }

  @AfterEach
  void close() {
    voters.close();
  }

  /** Counts up one resource by compare-and-set, through any voter, until told to stop. */
  private List<Long> count(String name, NodeId through, AtomicBoolean stop) throws Exception {
    List<Long> acknowledged = new ArrayList<>();
    AtomixPolicyStore store = voters.store(through);
    while (!stop.get()) {
      long expected =
          store.snapshot().get("Model", name).map(resource -> resource.version()).orElse(0L);
      long basis = store.snapshot().version();
      try {
        acknowledged.add(
            store
                .propose(voters.put(name, "{}", expected, basis))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(PolicyException.class);
      }
    }
    return acknowledged;
  }

  @Test
  void noAcknowledgedWriteIsLostWhileTheLeaderIsCutOffAgainAndAgain() throws Exception {
    voters.grow(3);
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService writers = Executors.newFixedThreadPool(4);
    try {
      var counts =
          IntStream.range(0, 4)
              .mapToObj(i -> writers.submit(() -> count("m" + i % 2, node(1 + i % 3), stop)))
              .toList();
      for (int round = 0; round < 3; round++) {
        NodeId leader = voters.leader();
        long before = voters.store(leader).snapshot().version();
        await()
            .atMost(Voters.SOON)
            .until(() -> voters.store(leader).snapshot().version() > before + 20);
        voters.wires.cut(leader);
        await()
            .atMost(Voters.SOON)
            .until(
                () ->
                    voters.stores.entrySet().stream()
                        .anyMatch(
                            entry ->
                                !entry.getKey().equals(leader)
                                    && entry.getValue().snapshot().version() > before + 60));
        voters.wires.heal();
      }
      stop.set(true);
      List<Long> acknowledged = new ArrayList<>();
      for (var count : counts) {
        acknowledged.addAll(count.get(60, TimeUnit.SECONDS));
      }
      assertThat(acknowledged).doesNotHaveDuplicates();
      for (AtomixPolicyStore store : voters.stores.values()) {
        await()
            .atMost(Voters.SOON)
            .until(() -> store.snapshot().version() >= Collections.max(acknowledged));
      }
      List<PolicyRecord> all = voters.store(node(1)).image().records();
      long oldest = all.get(0).version();
      assertThat(all)
          .extracting(PolicyRecord::version)
          .containsAll(acknowledged.stream().filter(version -> version >= oldest).toList());
      everyWriteReplacedTheOneBefore(all);
    } finally {
      writers.shutdownNow();
    }
  }

  /** Compare-and-set is linearizable: each expected what the one before it made. */
  private static void everyWriteReplacedTheOneBefore(List<PolicyRecord> records) {
    for (String name : List.of("m0", "m1")) {
      List<PolicyRecord> of =
          records.stream()
              .filter(record -> record.changes().get(0).key().name().equals(name))
              .toList();
      for (int i = 1; i < of.size(); i++) {
        Change change = of.get(i).changes().get(0);
        assertThat(change.expected()).isEqualTo(of.get(i - 1).version());
      }
    }
  }

  @Test
  void aWatcherIsToldEveryVersionOnceAcrossALeaderChange() throws Exception {
    voters.grow(3);
    NodeId leader = voters.leader();
    NodeId watched = leader.equals(node(1)) ? node(2) : node(1);
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    PolicyWatcher watcher =
        new PolicyWatcher() {
          @Override
          public void onRecord(PolicyRecord record) {
            told.add(record.version());
          }

          @Override
          public void onSnapshot(PolicySnapshot now) {
            told.add(-now.version());
          }
        };
    voters.store(watched).watch(0, watcher);

    for (int i = 0; i < 5; i++) {
      voters.write(watched, "m" + i);
    }
    voters.stop(leader);
    for (int i = 5; i < 10; i++) {
      voters.write(watched, "m" + i);
    }

    await().until(() -> told.size() >= 10);
    assertThat(told).containsExactlyElementsOf(LongStream.rangeClosed(1, 10).boxed().toList());
  }

  @Test
  void aVoterThatStartsAloneShowsThePolicyItHad() throws Exception {
    voters.grow(3);
    for (int i = 0; i < 5; i++) {
      voters.write(node(1), "m" + i);
    }
    for (int i = 1; i <= 3; i++) {
      voters.stop(node(i));
    }

    AtomixPolicyStore alone = voters.start(node(1), new TreeSet<>());

    await().atMost(Voters.SOON).until(() -> alone.snapshot().version() == 5);
    assertThat(alone.status().ageNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(alone.status().leader()).isEmpty();
  }

  @Test
  void aVoterThatLeavesIsNoLongerCounted() throws Exception {
    voters.grow(3);
    NodeId leaving = voters.leader();

    voters.store(leaving).leave().toCompletableFuture().get(30, TimeUnit.SECONDS);
    voters.stop(leaving);

    NodeId left = voters.leader();
    await().atMost(Voters.SOON).until(() -> voters.store(left).status().voters().size() == 2);
    assertThat(voters.write(left, "after")).isEqualTo(1);
  }

  @Test
  void aTornLastRecordHealsFromTheOthers() throws Exception {
    voters.grow(3);
    for (int i = 0; i < 10; i++) {
      voters.write(node(1), "m" + i);
    }
    voters.stop(node(3));
    tear(voters.directory(node(3)));

    voters.start(node(3), new TreeSet<>());
    voters.write(node(3), "after");

    await().atMost(Voters.SOON).until(() -> voters.store(node(3)).snapshot().version() == 11);
    assertThat(voters.store(node(3)).image()).isEqualTo(voters.store(node(1)).image());
  }

  /** Flips a byte of the last thing written. */
  private static void tear(Path directory) throws IOException {
    Path log;
    try (Stream<Path> files = Files.list(directory)) {
      log = files.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      byte[] bytes = new byte[(int) file.length()];
      file.readFully(bytes);
      int last = bytes.length - 1;
      while (bytes[last] == 0) {
        last--;
      }
      file.seek(last);
      file.write(bytes[last] ^ 0x55);
    }
  }

  @Test
  void aVoterWithALostDiskGivesItsVoteUpAndJoinsAnew() throws Exception {
    voters.grow(3);
    for (int i = 0; i < 5; i++) {
      voters.write(node(1), "m" + i);
    }
    voters.stop(node(3));
    try (Stream<Path> files = Files.list(voters.directory(node(3)))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }

    TreeSet<NodeId> seeds = new TreeSet<>(List.of(node(1), node(2)));
    voters.start(node(3), seeds).ready().toCompletableFuture().get(40, TimeUnit.SECONDS);

    await().atMost(Voters.SOON).until(() -> voters.store(node(3)).status().voters().size() == 3);
    assertThat(voters.write(node(3), "after")).isEqualTo(6);
  }

  @Test
  void aDirectoryThatCannotBeUsedIsAnErrorThatSaysSo() throws Exception {
    Files.createFile(voters.directory(node(1)));

    assertThatThrownBy(() -> voters.start(node(1), new TreeSet<>()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(voters.directory(node(1)).toString());
  }
}
