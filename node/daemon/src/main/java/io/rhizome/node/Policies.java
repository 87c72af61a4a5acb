// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.rhizome.gossip.Member;
import io.rhizome.gossip.MembershipView;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.identity.Admitted;
import io.rhizome.node.policy.FollowerPolicyStore;
import io.rhizome.node.policy.PolicySource;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.PolicyStatus.Role;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.SwitchingPolicyStore;
import io.rhizome.node.policy.VoterChoice;
import io.rhizome.node.policy.VoterChoice.Candidate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the mesh's policy. It follows until it has a vote: the founder from its first
 * start on, others when a voter that they know invites them, all of them again when they start
 * again. While it leads, it invites others until enough vote. Any thread.
 */
final class Policies implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Policies.class);
  private static final int VOTERS = 3;
  private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long TICK_MILLIS = 1_000;

  private final VoterDirectory directory;
  private final NodeId self;
  private final Ports ports;
  private final Executor blocking;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> daemon(work));
  private final NodeId founder;
  private final PolicyCopyFile copy;
  private volatile FollowerPolicyStore follower;
  private final SwitchingPolicyStore store;
  private final long goneNanos;
  private final SortedMap<NodeId, Long> usableSince = new TreeMap<>();
  private final SortedMap<NodeId, Long> goneSince = new ConcurrentSkipListMap<>();
  private volatile @Nullable Opened voter;
  private boolean closed;
  private volatile @Nullable NodeId asked;
  private boolean opening;
  private long changedAtNanos = System.nanoTime() - PATIENCE_NANOS;

  /** Makes this node a voter. */
  @FunctionalInterface
  interface VoterOpening {
    /**
     * Opens the voter of that directory; blocks on disk.
     *
     * @param beside the voters to join; empty where the directory knows, or to found
     * @param welcome nodes that may take a vote beside this one
     * @param gone voters that this node has seen gone for long enough to take their vote away
     */
    Opened open(
        Path directory,
        SortedSet<NodeId> beside,
        Predicate<NodeId> welcome,
        Predicate<NodeId> gone,
        ScheduledExecutorService thread)
        throws IOException;
  }

  /**
   * A voter that has started.
   *
   * @param ready when it has its vote, and knows everything that was committed before
   * @param remove takes a gone voter's vote away
   */
  record Opened(
      PolicyStore store,
      CompletionStage<Void> ready,
      Function<NodeId, CompletionStage<Void>> remove) {}

  /**
   * What policy is done with.
   *
   * @param invite tells a node to take a vote beside those voters
   */
  record Ports(
      PolicySource source,
      VoterOpening voters,
      BiConsumer<NodeId, SortedSet<NodeId>> invite,
      Supplier<MembershipView> membership,
      Admitted admitted) {}

  /**
   * Reads what is on disk.
   *
   * @param founder whose word is taken before any other voter is known
   * @param firstStart this node has never run before: so the founder founds, and never again
   * @param replaceVoterAfter how long a voter must have been gone until another gets its vote
   * @param blocking where a voter opens
   */
  Policies(
      Path directory,
      NodeId self,
      NodeId founder,
      boolean firstStart,
      Duration replaceVoterAfter,
      Ports ports,
      Executor blocking)
      throws IOException {
    this.directory = VoterDirectory.in(directory);
    this.self = self;
    this.goneNanos = replaceVoterAfter.toNanos();
    this.ports = ports;
    this.blocking = blocking;
    Files.createDirectories(directory);
    if (firstStart && self.equals(founder)) {
      this.directory.create();
    }
    copy = new PolicyCopyFile(directory.resolve("copy"));
    follower = newFollower();
    store = new SwitchingPolicyStore(follower);
    this.founder = founder;
  }

  private FollowerPolicyStore newFollower() throws IOException {
    return new FollowerPolicyStore(
        ports.source(), copy, thread, System::nanoTime, new Random(new SecureRandom().nextLong()));
  }

  /** Takes this node's part. Until then it has the policy that it had when it stopped. */
  void start() {
    if (directory.exists()) {
      thread.execute(() -> open(others(follower.status())));
    } else if (!self.equals(founder)) {
      follower.onVoters(List.of(founder));
    } else if (follower.status().voters().isEmpty()) {
      log.error(
          "{} is gone: this node founded the mesh's policy and lost it; restore it",
          directory.path());
    }
    var unused =
        thread.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "rhizome-policy");
    thread.setDaemon(true);
    return thread;
  }

  /** Policy as this node has it. */
  PolicyStore store() {
    return store;
  }

  /** The thread that policy's small work is done on; must not be blocked. */
  ScheduledExecutorService thread() {
    return thread;
  }

  /** Takes a vote beside those voters, at the word of one that this node follows. */
  boolean invited(NodeId by, List<NodeId> voters) {
    if (!store.status().voters().contains(by)) {
      return false;
    }
    thread.execute(() -> open(new TreeSet<>(voters)));
    return true;
  }

  private void open(SortedSet<NodeId> beside) {
    if (opening || store.status().role() != Role.FOLLOWER) {
      return;
    }
    opening = true;
    blocking.execute(() -> openVoter(beside));
  }

  private SortedSet<NodeId> others(PolicyStatus status) {
    SortedSet<NodeId> others = new TreeSet<>(status.voters());
    others.remove(self);
    return others;
  }

  private void openVoter(SortedSet<NodeId> beside) {
    Opened opened;
    try {
      opened = ports.voters().open(directory.path(), beside, this::welcome, this::gone, thread);
    } catch (IOException | RuntimeException e) {
      log.error("this node cannot take its vote on policy: {}", e.getMessage(), e);
      thread.execute(() -> opening = false);
      return;
    }
    synchronized (this) {
      if (closed) {
        opened.store().close();
        return;
      }
      voter = opened;
    }
    follower.onVoters(List.copyOf(others(opened.store().status())));
    var unused =
        opened
            .ready()
            .whenComplete(
                (ready, failure) -> {
                  if (failure != null) {
                    log.error("this node got no vote on policy: {}", failure.getMessage());
                  } else {
                    store.switchTo(opened.store());
                    log.info("this node has a vote on policy");
                  }
                });
  }

  private void tick() {
    long now = System.nanoTime();
    SortedMap<NodeId, Member> usable = new TreeMap<>(ports.membership().get().members());
    usable.values().removeIf(member -> !member.status().usable());
    PolicyStatus status = store.status();
    since(usableSince, usable.keySet(), now);
    SortedSet<NodeId> missing = new TreeSet<>(status.voters());
    missing.removeAll(usable.keySet());
    since(goneSince, missing, now);
    if (status.role() == Role.VOTER && status.ageNanos() >= LOST_NANOS) {
      askAfterVote(others(status));
    }
    if (status.role() == Role.FOLLOWER
        && status.voters().contains(self)
        && status.ageNanos() < LOST_NANOS) {
      open(others(status)); // it has a vote, and has lost its disk
    }
    if (status.role() == Role.LEADER && now - changedAtNanos >= PATIENCE_NANOS) {
      lead(now, new TreeSet<>(status.voters()));
    }
  }

  /**
   * No leader speaks to this voter: one of the others that is in touch with a majority may know
   * why.
   */
  private void askAfterVote(SortedSet<NodeId> others) {
    for (NodeId other : others) {
      CompletableFuture<Void> heard = new CompletableFuture<>();
      Runnable giveUp =
          ports.source().follow(other, Long.MAX_VALUE, new VoteQuestion(heard, this::hearVoters));
      var unused =
          heard
              .completeOnTimeout(null, LOST_NANOS, TimeUnit.NANOSECONDS)
              .whenComplete((done, failure) -> giveUp.run());
    }
  }

  private void hearVoters(List<NodeId> voters) {
    if (!voters.contains(self)) {
      thread.execute(() -> loseVote(voters));
    }
  }

  /** While this node was away, its vote went to another: it follows, and may be asked again. */
  private void loseVote(List<NodeId> voters) {
    Opened old = voter;
    if (old == null) {
      return;
    }
    voter = null;
    log.warn("this node lost its vote on policy while it was away; it follows from now on");
    blocking.execute(
        () -> {
          try {
            FollowerPolicyStore.keep(copy, voters, old.store().image());
            follower = newFollower();
            store.switchTo(follower);
            directory.delete();
          } catch (IOException e) {
            log.error("cannot follow policy in {}: {}", directory.path(), e.getMessage(), e);
          } finally {
            thread.execute(() -> opening = false);
          }
        });
  }

  /** Whether that node may take a vote beside this one: it was asked, or has one. */
  private boolean welcome(NodeId node) {
    return ports.admitted().isNode(node)
        && (Objects.equals(asked, node) || store.status().voters().contains(node));
  }

  private static void since(SortedMap<NodeId, Long> since, Set<NodeId> these, long now) {
    since.keySet().retainAll(these);
    these.forEach(id -> since.putIfAbsent(id, now));
  }

  /** Whether this node has itself seen that one gone for long, or an operator revoked it. */
  private boolean gone(NodeId id) {
    if (!ports.admitted().isNode(id)) {
      return true;
    }
    Long since = goneSince.get(id);
    return since != null && System.nanoTime() - since >= goneNanos;
  }

  /** One change at a time: who is gone for long loses its vote if another can have it. */
  private void lead(long now, SortedSet<NodeId> voters) {
    List<Candidate> nodes = new ArrayList<>();
    usableSince.forEach(
        (id, since) ->
            nodes.add(
                new Candidate(
                    id, ports.admitted().labels(id).getOrDefault("site", ""), now - since)));
    SortedSet<NodeId> staying = new TreeSet<>(voters);
    staying.removeIf(this::gone);
    Optional<NodeId> next = VoterChoice.next(staying, nodes, VOTERS, STABLE_NANOS);
    if (next.isEmpty()) {
      return;
    }
    changedAtNanos = now;
    SortedSet<NodeId> leaving = new TreeSet<>(voters);
    leaving.removeAll(staying);
    if (leaving.isEmpty()) {
      log.info("node {} is asked to vote on policy too", next.get().shortName());
      asked = next.get();
      ports.invite().accept(next.get(), voters);
    } else {
      remove(leaving.first());
    }
  }

  private void remove(NodeId gone) {
    Opened leading = voter;
    if (leading == null) {
      return;
    }
    log.warn("node {} has been gone for long and loses its vote on policy", gone.shortName());
    var unused =
        leading
            .remove()
            .apply(gone)
            .whenComplete(
                (removed, failure) -> {
                  if (failure != null) {
                    log.warn("it keeps its vote for now: {}", failure.getMessage());
                  }
                });
  }

  @Override
  public void close() {
    Opened waiting;
    synchronized (this) {
      closed = true;
      waiting = voter;
    }
    store.close();
    if (waiting != null) {
      waiting.store().close();
    }
    thread.shutdown();
  }
}
