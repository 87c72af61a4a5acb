// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import static io.rhizome.node.policy.raft.WalkedSequence.check;

import io.atomix.utils.concurrent.AtomixThread;
import io.rhizome.gossip.Bytes;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.Change;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.Proof;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalId;
import io.rhizome.node.policy.ResourceKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three voters, all that is shipped of them, in a {@link VirtualWorld}, with a watcher of each run
 * and a follower of each node. Invariants are checked after every event.
 */
class WalkedMesh {
  static final long MILLIS = 1_000_000;
  static final long SECONDS = 1_000 * MILLIS;
  static final int VOTERS = 3;
  private static final Logger log = LoggerFactory.getLogger(WalkedMesh.class);

  final Random random;
  final VirtualWorld world;
  final VirtualDisks disks = new VirtualDisks();
  final VirtualWires wires;
  final SortedMap<NodeId, WalkingVoter> voters = new TreeMap<>();
  final WalkedSequence sequence = new WalkedSequence();
  private final Path directory;
  private final SortedMap<NodeId, WalkedSequence.Told> followers = new TreeMap<>();
  private final WalkedLogs logs = new WalkedLogs();
  private final SortedMap<String, Integer> counts = new TreeMap<>();
  private int starts;
  private @Nullable Throwable broken;

  WalkedMesh(long seed, Path directory) {
    random = new Random(seed);
    world = new VirtualWorld(random.nextLong());
    wires = new VirtualWires(world);
    this.directory = directory;
  }

  /** Atomix runs on its own kind of thread only. */
  static String onAtomixThread(Callable<String> walk) throws InterruptedException {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    AtomicReference<String> result = new AtomicReference<>("");
    AtomixThread thread =
        new AtomixThread(
            () -> {
              try {
                result.set(walk.call());
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    thread.start();
    thread.join();
    Throwable error = thrown.get();
    if (error != null) {
      throw new AssertionError(error.toString(), error);
    }
    return Objects.requireNonNull(result.get());
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "seconds=%d versions=%d terms=%d commits=%d installs=%d trace=%016x %s",
        world.nowNanos() / SECONDS,
        sequence.version(),
        logs.terms(),
        logs.lastCommitted(),
        wires.installs(),
        world.trace(),
        counts);
  }

  void count(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  void fault(String what, NodeId node) {
    count(what);
    log.debug("{} us: {} {}", world.nowNanos() / 1000, what, node.shortName());
  }

  static NodeId node(int number) {
    byte[] id = new byte[NodeId.BYTES];
    id[0] = (byte) number;
    return NodeId.of(id);
  }

  NodeId any() {
    return node(1 + random.nextInt(VOTERS));
  }

  Path directory(NodeId node) {
    return directory.resolve(node.shortName());
  }

  void found(int number) {
    for (int i = 1; i <= number; i++) {
      start(node(i), new TreeSet<>(voters.keySet()));
      int wanted = i;
      pass(
          30 * SECONDS,
          "the mesh is founded",
          () -> voters.values().stream().allMatch(v -> v.voter.voters().size() == wanted));
    }
  }

  void start(NodeId node, SortedSet<NodeId> seeds) {
    VirtualWorld.Incarnation process =
        new VirtualWorld.Incarnation(node.shortName() + "/" + ++starts);
    WalkedSequence.Told told = sequence.new Told(process.toString());
    WalkingVoter voter =
        new WalkingVoter(world, wires, process, config(directory(node), node, seeds), told);
    voters.put(node, voter);
    voter.watch(followers.computeIfAbsent(node, n -> sequence.new Told("follower of " + n)));
  }

  /** As shipped; here any node may vote, and none is dead for long. */
  VoterConfig config(Path directory, NodeId node, SortedSet<NodeId> seeds) {
    return VoterConfig.of(directory, node, seeds, any -> true, any -> false);
  }

  void startAgain(NodeId node) {
    if (voters.containsKey(node)) {
      return;
    }
    fault("started", node);
    TreeSet<NodeId> others = new TreeSet<>();
    for (int i = 1; i <= VOTERS; i++) {
      others.add(node(i));
    }
    others.remove(node);
    start(node, others);
  }

  void startAll() {
    for (int i = 1; i <= VOTERS; i++) {
      startAgain(node(i));
    }
  }

  void kill(WalkingVoter voter) {
    voter.process.kill();
    wires.gone(voter.node);
    voters.remove(voter.node);
  }

  void failPower(NodeId node) throws IOException {
    fault("unpowered", node);
    disks.failPower(directory(node), random);
  }

  /** Every voter runs, and all three count for all of them. */
  boolean isWhole() {
    return voters.size() == VOTERS
        && voters.values().stream().allMatch(v -> v.voter.voters().size() == VOTERS);
  }

  void propose(WalkingVoter voter, String name, int bytes, long expected) {
    count("proposed");
    Proposal proposal =
        new Proposal(
            ProposalId.random(random),
            "mesh",
            voter.store.snapshot().version(),
            List.of(
                Change.put(
                    new ResourceKey("Model", name), "\"" + "y".repeat(bytes) + "\"", expected)),
            new Proof(Proof.By.OPERATOR, "walk", Bytes.of(new byte[0]), Bytes.of(new byte[0])));
    voter.waiting++;
    world.as(
        voter.process,
        null,
        () -> {
          var unused =
              voter
                  .store
                  .propose(proposal)
                  .whenComplete(
                      (version, error) -> {
                        voter.waiting--;
                        onAnswer(proposal.id(), version, error);
                      });
        });
  }

  /** A future would swallow what this throws. */
  private void onAnswer(ProposalId id, @Nullable Long version, @Nullable Throwable error) {
    log.debug("{}: {} {}", id, version, String.valueOf(error));
    try {
      if (version != null) {
        count("acknowledged");
        sequence.acknowledged(id, version);
      } else {
        onRefusal(id, error instanceof CompletionException ? error.getCause() : error);
      }
    } catch (AssertionError e) {
      broken = e;
    }
  }

  private void onRefusal(ProposalId id, @Nullable Throwable error) {
    if (!(error instanceof PolicyException refused)) {
      throw new AssertionError("an author is told " + error, error);
    }
    count(refused.code().name());
    if (refused.code() == PolicyException.Code.CONFLICT
        || refused.code() == PolicyException.Code.NO_QUORUM) {
      sequence.refused(id, refused.code() + " " + refused.getMessage());
    }
  }

  /** Lets that time pass. */
  void pass(long nanos) {
    long end = world.nowNanos() + nanos;
    while (world.step(end)) {
      logs.onEvent(voters.values());
    }
    if (broken != null) {
      throw new AssertionError(broken.getMessage(), broken);
    }
    List.copyOf(voters.values()).forEach(this::look);
    logs.onStep(voters.values());
  }

  void pass(long atMostNanos, String until, BooleanSupplier holds) {
    long end = world.nowNanos() + atMostNanos;
    while (!holds.getAsBoolean()) {
      check(
          world.nowNanos() < end,
          "not within %d s: %s; %s",
          atMostNanos / SECONDS,
          until,
          voters.values());
      pass(100 * MILLIS);
    }
  }

  private void look(WalkingVoter voter) {
    sequence.shown(voter.process.toString(), voter.store.snapshot());
    Throwable failure = voter.failure();
    if (failure != null) {
      count("failed: " + failure);
      kill(voter);
    }
  }

  void logsMatch() {
    logs.logsMatch(voters.values());
  }

  /** All faults stop: everybody must get everything. */
  void rest() {
    wires.weather(VirtualWires.Weather.CALM);
    wires.heal();
    for (WalkingVoter voter : voters.values()) {
      voter.process.hangUntil(0);
    }
    pass(120 * SECONDS, "three voters again", this::restarted);
    for (int i = 1; i <= VOTERS; i++) {
      NodeId node = node(i);
      long before = sequence.version();
      pass(60 * SECONDS, "a write commits", () -> writes(node, 1, before));
    }
    pass(60 * SECONDS, "everybody has everything", this::allEqual);
    logsMatch();
    for (WalkedSequence.Told told : followers.values()) {
      check(told.version() == sequence.version(), "a follower is behind");
    }
  }

  private boolean restarted() {
    startAll();
    return isServed();
  }

  /**
   * All run, and who leads counts for all of them. Another may learn of that only from the next
   * leader: Atomix tells each member once, and a member that starts again forgets what it did not
   * know to be committed. With one change at a time their majorities have a voter in common.
   */
  private boolean isServed() {
    return voters.values().stream().anyMatch(v -> v.leads() && v.voter.voters().size() == VOTERS);
  }

  /** What was told just before the faults stopped may still be no quorum: it is tried again. */
  boolean writes(NodeId through, int bytes, long before) {
    WalkingVoter voter = voters.get(through);
    if (sequence.version() == before && voter != null && voter.waiting == 0) {
      propose(voter, "m" + random.nextInt(5), bytes, Change.ANY);
    }
    return sequence.version() > before;
  }

  boolean allEqual() {
    return voters.values().stream()
        .allMatch(v -> v.store.snapshot().version() == sequence.version() && v.waiting == 0);
  }
}
