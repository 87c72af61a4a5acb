// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.policy;

import com.google.protobuf.TextFormat;
import io.grpc.netty.NettyChannelBuilder;
import io.rhizome.gossip.NodeId;
import io.rhizome.it.Checkout;
import io.rhizome.it.KeyFile;
import io.rhizome.it.LocalMesh;
import io.rhizome.it.NodeProcess;
import io.rhizome.it.OperatorKey;
import io.rhizome.it.PortPlan;
import io.rhizome.it.bench.PinnedTls;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.v1.PolicyStatusResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Nodes that vote on policy, and perhaps some that do not, as processes on loopback; and, in the
 * name of one more node that never runs, a feed from each. Votes stay where they are, however long
 * a node is away. For one thread, save {@link #nodes} and what that returns.
 */
final class PolicyMesh implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final String KEEP_VOTES = "policy.replaceVoterAfter=3600s";

  private final LocalMesh mesh;
  private final PortPlan ports;
  private final int voters;
  private final int mostSize;
  private int size;
  private Nodes nodes;
  private final OperatorKey operator;
  private final Sequence sequence = new Sequence();
  private final Acks acks = new Acks();
  private final List<Feed> feeds = new ArrayList<>();
  private final List<NodeId> ids = new ArrayList<>();
  private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor();
  private final Author author;

  /** Something to do before the nodes start. */
  @FunctionalInterface
  interface Preparing {
    /** Does it. */
    void prepare(LocalMesh mesh) throws IOException, InterruptedException;
  }

  private PolicyMesh(LocalMesh mesh, PortPlan ports, int voters, int followers)
      throws IOException, InterruptedException {
    this.mesh = mesh;
    this.ports = ports;
    this.voters = voters;
    this.mostSize = voters + followers;
    this.operator = OperatorKey.read(mesh.operatorKey());
    this.nodes = new Nodes(List.of());
    grow(voters);
    awaitVoters();
    this.author = new Author(operator, nodes.status(1).orElseThrow().getMesh());
  }

  private void grow(int to) throws IOException, InterruptedException {
    List<Integer> more = IntStream.rangeClosed(size + 1, to).boxed().toList();
    size = to;
    nodes = new Nodes(all().stream().map(mesh::client).toList());
    start(more);
    KeyFile watcher = mesh.node(mostSize + 1).key();
    for (int i : more) {
      NodeId id = mesh.node(i).key().id();
      ids.add(id);
      feeds.add(feed(i, id, watcher));
    }
  }

  /** As {@link LocalMesh#useQuickJit}. */
  void useQuickJit() {
    mesh.useQuickJit();
  }

  /** Starts those that do not vote. */
  void startFollowers() throws IOException, InterruptedException {
    grow(mostSize);
  }

  /**
   * Founds it, and returns when so many vote.
   *
   * @param followers how many more nodes {@link #startFollowers} will start
   */
  static PolicyMesh found(Checkout checkout, int voters, int followers, Preparing preparing)
      throws IOException, InterruptedException {
    int all = voters + followers + 1;
    PortPlan ports = PortPlan.free(all, new Random());
    LocalMesh mesh = LocalMesh.found(checkout, all, List.of(), ports);
    try {
      preparing.prepare(mesh);
      return new PolicyMesh(mesh, ports, voters, followers);
    } catch (Throwable e) {
      System.out.println(mesh.logTails());
      mesh.close();
      throw e;
    }
  }

  private Feed feed(int i, NodeId id, KeyFile watcher) throws IOException {
    return new Feed(
        name(i),
        NettyChannelBuilder.forAddress("127.0.0.1", ports.mesh(i))
            .sslContext(PinnedTls.client(id, watcher))
            .build(),
        sequence,
        retries);
  }

  private int countVoters() {
    return nodes.status(1).map(PolicyStatusResponse::getVotersCount).orElse(0);
  }

  /** Those that run. */
  Nodes nodes() {
    return nodes;
  }

  /** How many of the nodes vote: at first, nodes 1 to that. */
  int voters() {
    return voters;
  }

  /** How many nodes run: 1 to that. */
  int size() {
    return size;
  }

  /** A feed from each node, which has something to say while it votes. */
  List<Feed> feeds() {
    return List.copyOf(feeds);
  }

  /** All that was shown. */
  Sequence sequence() {
    return sequence;
  }

  /** All that was acknowledged. */
  Acks acks() {
    return acks;
  }

  Author author() {
    return author;
  }

  NodeProcess node(int i) {
    return mesh.node(i);
  }

  static String name(int i) {
    return "node " + i;
  }

  /** All of policy as node i has it. */
  PolicyImage image(int i) {
    return nodes.image(i, operator);
  }

  private void launch(int i) throws IOException {
    mesh.node(i).start("--set", KEEP_VOTES);
  }

  private void awaitReady(int i) throws InterruptedException {
    mesh.node(i).awaitReady(LIMIT);
    nodes.hurry(i);
  }

  /** All nodes' numbers. */
  List<Integer> all() {
    return IntStream.rangeClosed(1, size).boxed().toList();
  }

  /** Starts nodes that do not run, and returns when they are ready. */
  void start(List<Integer> which) throws IOException, InterruptedException {
    for (int i : which) {
      launch(i);
    }
    for (int i : which) {
      awaitReady(i);
    }
  }

  /** Kill -9 of nodes, as nearly at once as it can be done; returns when they are gone. */
  void kill(List<Integer> which) throws InterruptedException {
    List<Thread> killers = new ArrayList<>();
    for (int i : which) {
      Thread killer = new Thread(mesh.node(i)::kill);
      killer.start();
      killers.add(killer);
    }
    for (Thread killer : killers) {
      killer.join();
    }
  }

  /** Who leads, by the word of the one that says so in the highest term; waits until one does. */
  int leader() {
    await("a leader", () -> findLeader().isPresent());
    return findLeader().orElseGet(this::leader);
  }

  private Optional<Integer> findLeader() {
    int leader = 0;
    long term = -1;
    for (int i = 1; i <= size; i++) {
      Optional<PolicyStatusResponse> status = nodes.status(i);
      if (status.isPresent()
          && status.get().getRole().equals("LEADER")
          && status.get().getTerm() > term) {
        leader = i;
        term = status.get().getTerm();
      }
    }
    return leader == 0 ? Optional.empty() : Optional.of(leader);
  }

  /** Returns when node i has that version, and its vote if the others say that it has one. */
  void awaitVersion(int i, long version) {
    await(
        "%s at version %d".formatted(name(i), version),
        () ->
            nodes
                .status(i)
                .filter(status -> status.getVersion() >= version)
                .filter(
                    status ->
                        votes(status)
                            || !status.getVotersList().contains(ids.get(i - 1).toString()))
                .isPresent());
  }

  /** Returns when as many vote as at first. */
  void awaitVoters() {
    await(voters + " voters", () -> countVoters() == voters);
  }

  /** Whether node i votes now. */
  boolean votes(int i) {
    return nodes.status(i).filter(PolicyMesh::votes).isPresent();
  }

  private static boolean votes(PolicyStatusResponse status) {
    return !status.getRole().equals("FOLLOWER");
  }

  /** Returns when that is so; fails with the ends of all logs if it takes too long. */
  void await(String what, BooleanSupplier condition) {
    try {
      Awaitility.await(what).atMost(LIMIT).pollInterval(POLL).until(condition::getAsBoolean);
    } catch (RuntimeException e) {
      System.out.println(mesh.logTails());
      for (int i = 1; i <= size; i++) {
        System.out.println(
            name(i)
                + " says "
                + nodes.status(i).map(TextFormat::shortDebugString).orElse("nothing"));
      }
      throw e;
    }
  }

  @Override
  public void close() {
    feeds.forEach(Feed::close);
    retries.shutdownNow();
    mesh.close();
  }
}
