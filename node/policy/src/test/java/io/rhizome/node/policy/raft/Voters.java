// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static org.awaitility.Awaitility.await;

import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalGuard;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Some voters of one mesh in this process. */
final class Voters implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(30);

  final Wires wires = new Wires();
  final SortedMap<NodeId, AtomixPolicyStore> stores = new TreeMap<>();
  final Map<NodeId, String> labels = new ConcurrentSkipListMap<>();
  final ConcurrentSkipListSet<NodeId> dead = new ConcurrentSkipListSet<>();
  private final Map<NodeId, Epochs> epochs = new ConcurrentSkipListMap<>();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
  private final Random random = new Random(7);
  private final Path directory;
  private final ProposalGuard guard;

  Voters(Path directory, ProposalGuard guard) {
    this.directory = directory;
    this.guard = guard;
  }

  static NodeId node(int number) {
    byte[] id = new byte[NodeId.BYTES];
    id[0] = (byte) number;
    return NodeId.of(id);
  }

  /** What that node knows of epochs; it keeps it over its restarts. */
  Epochs epochs(NodeId node) {
    return epochs.computeIfAbsent(node, id -> SignedEpochs.none());
  }

  Path directory(NodeId node) {
    return directory.resolve(node.shortName());
  }

  AtomixPolicyStore start(NodeId node, SortedSet<NodeId> seeds) throws IOException {
    VoterConfig config =
        new VoterConfig(
            directory(node),
            node,
            seeds,
            Duration.ofMillis(500),
            Duration.ofMillis(100),
            Duration.ofMillis(700),
            Duration.ofSeconds(30),
            any -> true,
            dead::contains);
    AtomixPolicyStore store =
        AtomixPolicyStore.start(
            config,
            new FencedTransport(wires.of(node), epochs(node), labels.getOrDefault(node, "")),
            guard,
            scheduler,
            System::nanoTime);
    stores.put(node, store);
    return store;
  }

  /** Voters 1 to that number, each joined after the one before. */
  void grow(int number) throws Exception {
    for (int i = 1; i <= number; i++) {
      SortedSet<NodeId> seeds = new TreeSet<>(stores.keySet());
      start(node(i), seeds).ready().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    int wanted = number;
    await()
        .atMost(SOON)
        .until(
            () ->
                stores.values().stream()
                    .allMatch(store -> store.status().voters().size() == wanted));
  }

  AtomixPolicyStore store(NodeId node) {
    return Objects.requireNonNull(stores.get(node));
  }

  void stop(NodeId node) {
    AtomixPolicyStore store = store(node);
    stores.remove(node);
    wires.gone(node);
    store.close();
  }

  NodeId leader() {
    await().atMost(SOON).until(() -> stores.values().stream().anyMatch(Voters::leads));
    return stores.entrySet().stream()
        .filter(entry -> leads(entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static boolean leads(AtomixPolicyStore store) {
    return store.status().role() == PolicyStatus.Role.LEADER
        && store.status().ageNanos() < Duration.ofSeconds(1).toNanos();
  }

  Proposal put(String name, String body, long expected, long basis) {
    return new Proposal(
        ProposalId.random(random),
        "mesh",
        basis,
        List.of(Change.put(new ResourceKey("Model", name), body, expected)),
        new Proof(Proof.By.OPERATOR, "somebody", Bytes.of(new byte[0]), Bytes.of(new byte[0])));
  }

  /** Writes through that voter, and waits for the version. */
  long write(NodeId through, String name) throws Exception {
    AtomixPolicyStore store = store(through);
    return store
        .propose(put(name, "{}", Change.ANY, store.snapshot().version()))
        .toCompletableFuture()
        .get(40, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    stores.values().forEach(AtomixPolicyStore::close);
    scheduler.shutdownNow();
    wires.close();
  }
}
