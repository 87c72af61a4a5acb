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
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
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
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long TICK_MILLIS = 1_000;
  private static final String VOTER_DIRECTORY = "raft";

  private final Path directory;
  private final NodeId self;
  private final Ports ports;
  private final Executor blocking;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(work -> daemon(work));
  private final NodeId founder;
  private final FollowerPolicyStore follower;
  private final SwitchingPolicyStore store;
  private final SortedMap<NodeId, Long> usableSince = new TreeMap<>();
  private @Nullable PolicyStore voter;
  private boolean closed;
  private boolean opening;
  private SortedSet<NodeId> invitedBeside = new TreeSet<>();
  private long invitedAtNanos;

  /** Makes this node a voter. */
  @FunctionalInterface
  interface VoterOpening {
    /**
     * Opens the voter of that directory; blocks on disk.
     *
     * @param beside the voters to join; empty where the directory knows, or to found
     */
    Opened open(Path directory, SortedSet<NodeId> beside, ScheduledExecutorService thread)
        throws IOException;
  }

  /**
   * A voter that has started.
   *
   * @param ready when it has its vote, and knows everything that was committed before
   */
  record Opened(PolicyStore store, CompletionStage<Void> ready) {}

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
   * @param blocking where a voter opens
   */
  Policies(
      Path directory,
      NodeId self,
      NodeId founder,
      boolean firstStart,
      Ports ports,
      Executor blocking)
      throws IOException {
    this.directory = directory;
    this.self = self;
    this.ports = ports;
    this.blocking = blocking;
    boolean founds = firstStart && self.equals(founder);
    Files.createDirectories(founds ? directory.resolve(VOTER_DIRECTORY) : directory);
    follower =
        new FollowerPolicyStore(
            ports.source(),
            new PolicyCopyFile(directory.resolve("copy")),
            thread,
            System::nanoTime,
            ThreadLocalRandom.current());
    store = new SwitchingPolicyStore(follower);
    this.founder = founder;
  }

  /** Takes this node's part. Until then it has the policy that it had when it stopped. */
  void start() {
    Path raft = directory.resolve(VOTER_DIRECTORY);
    if (Files.isDirectory(raft)) {
      thread.execute(() -> open(new TreeSet<>()));
    } else if (self.equals(founder)) {
      log.error("{} is gone: this node founded the mesh's policy and lost it; restore it", raft);
    } else {
      follower.onVoters(List.of(founder));
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

  private void openVoter(SortedSet<NodeId> beside) {
    Opened opened;
    try {
      opened = ports.voters().open(directory.resolve(VOTER_DIRECTORY), beside, thread);
    } catch (IOException | RuntimeException e) {
      log.error("this node cannot take its vote on policy: {}", e.getMessage(), e);
      return;
    }
    synchronized (this) {
      if (closed) {
        opened.store().close();
        return;
      }
      voter = opened.store();
    }
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
    usableSince.keySet().retainAll(usable.keySet());
    usable.keySet().forEach(id -> usableSince.putIfAbsent(id, now));
    PolicyStatus status = store.status();
    if (status.role() == Role.LEADER) {
      invite(now, new TreeSet<>(status.voters()));
    }
  }

  /** One at a time: the next when the voters have changed, or the one invited does not come. */
  private void invite(long now, SortedSet<NodeId> voters) {
    if (voters.equals(invitedBeside) && now - invitedAtNanos < PATIENCE_NANOS) {
      return;
    }
    List<Candidate> nodes = new ArrayList<>();
    usableSince.forEach(
        (id, since) ->
            nodes.add(
                new Candidate(
                    id, ports.admitted().labels(id).getOrDefault("site", ""), now - since)));
    VoterChoice.next(voters, nodes, VOTERS, STABLE_NANOS)
        .filter(next -> !next.equals(self))
        .ifPresent(
            next -> {
              log.info("node {} is asked to vote on policy too", next.shortName());
              invitedBeside = voters;
              invitedAtNanos = now;
              ports.invite().accept(next, voters);
            });
  }

  @Override
  public void close() {
    PolicyStore waiting;
    synchronized (this) {
      closed = true;
      waiting = voter;
    }
    store.close();
    if (waiting != null) {
      waiting.close();
    }
    thread.shutdown();
  }
}
