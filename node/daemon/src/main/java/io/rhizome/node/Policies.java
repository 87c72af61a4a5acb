// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.rhizome.gossip.Member;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.EpochStatement;
import io.rhizome.node.policy.Epochs;
import io.rhizome.node.policy.FollowerPolicyStore;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicySource.Voting;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.PolicyStatus.Role;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.SwitchingPolicyStore;
import io.rhizome.node.policy.raft.AtomixPolicyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the mesh's policy. It follows until it has a vote: the founder from its first
 * start on where nobody knows of other voters, others when a voter that they know invites them, all
 * of them again when they start again. While it leads, it invites others until enough vote. An
 * operator can order it to go on alone; where another does, it gives its vote up. Any thread.
 */
final class Policies implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Policies.class);
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long TICK_MILLIS = 1_000;

  private final VoterDirectory directory;
  private final NodeId self;
  private final PolicyPorts ports;
  private final Executor blocking;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("rhizome-policy", true));
  private final NodeId founder;
  private final PolicyCopyFile copy;
  private volatile FollowerPolicyStore follower;
  private final SwitchingPolicyStore store;
  private final VoterCopy voterCopy;
  private final Growth growth;
  private final Epochs epochs;
  private final Recovery recovery;
  private final FoundingTalk founding;
  private final Acquaintances acquaintances;
  private volatile @Nullable AtomixPolicyStore voter;
  private volatile String votesIn = "";
  private volatile boolean recovering;
  private boolean closed;
  private boolean opening;

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
      PolicyPorts ports,
      Executor blocking)
      throws IOException {
    this.directory = VoterDirectory.in(directory);
    this.self = self;
    this.growth = new Growth(ports.admitted(), replaceVoterAfter.toNanos(), System::nanoTime);
    this.ports = ports;
    this.blocking = blocking;
    Files.createDirectories(directory);
    epochs = ports.epochs();
    recovery = Recovery.in(directory, self, this.directory, epochs);
    acquaintances = new Acquaintances(ports.acquaint());
    copy = new PolicyCopyFile(directory.resolve("copy"));
    follower = newFollower();
    store = new SwitchingPolicyStore(follower);
    voterCopy = new VoterCopy(copy, store, blocking);
    founding =
        new FoundingTalk(
            new FoundingDecision(self, firstStart),
            acquaintances,
            ports.membership(),
            thread,
            new FoundingTalk.Outcome(
                () -> opening || recovering || !store.status().voters().isEmpty(),
                () -> open(new TreeSet<>()),
                voters -> follower.onVoters(List.copyOf(voters))));
    this.founder = founder;
    epochs.onNewer(epoch -> thread.execute(() -> onEpoch(epoch)));
  }

  private FollowerPolicyStore newFollower() throws IOException {
    return new FollowerPolicyStore(
        ports.source(), copy, thread, System::nanoTime, new Random(new SecureRandom().nextLong()));
  }

  /** Takes this node's part. Until then it has the policy that it had when it stopped. */
  void start() {
    blocking.execute(this::begin);
    var unused =
        thread.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void begin() {
    try {
      Optional<PolicyImage> unfinished = recovery.unfinished();
      if (unfinished.isPresent()) {
        log.warn("this node goes on with the recovery of policy that its last run began");
        recovering = true;
        directory.setAside();
        var unused = beginAlone(unfinished.get());
        return;
      }
      if (directory.exists() && !directory.label().equals(epochs.label())) {
        log.error(
            "this node's vote on policy is of an epoch that is over: it counts no more; its log is"
                + " kept in {}",
            directory.aside());
        directory.setAside();
        epochs.current().ifPresent(epoch -> follower.onNewVoters(recovery.trusted(epoch)));
      }
      if (directory.exists()) {
        thread.execute(() -> open(others(follower.status())));
      } else if (epochs.current().isPresent()) {
        follower.onVoters(recovery.trusted(epochs.current().get()));
      } else if (!self.equals(founder)) {
        follower.onVoters(List.of(founder));
      }
      if (self.equals(founder) && !directory.exists()) {
        thread.execute(founding::ask);
      }
    } catch (IOException e) {
      log.error("policy cannot be read in {}: {}", directory.path(), e.getMessage(), e);
    }
  }

  /** Policy as this node has it. */
  PolicyStore store() {
    return store;
  }

  /** The thread that policy's small work is done on; must not be blocked. */
  ScheduledExecutorService thread() {
    return thread;
  }

  /** Of which epoch this node's vote is. */
  String votesIn() {
    return votesIn;
  }

  /**
   * Goes on alone, with what this node has, at an operator's order.
   *
   * @return the version that its policy begins with; or a {@link PolicyException}
   */
  CompletionStage<Long> recover(EpochStatement order) {
    CompletableFuture<Long> version = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            recovery.check(order, store.status());
          } catch (PolicyException e) {
            version.completeExceptionally(e);
            return;
          }
          if (recovering || (opening && voter == null)) {
            version.completeExceptionally(
                new PolicyException(Code.CONFLICT, "this node's vote is changing; try again"));
            return;
          }
          recovering = true;
          opening = true;
          blocking.execute(() -> recoverNow(order, version));
        });
    return version;
  }

  private void recoverNow(EpochStatement order, CompletableFuture<Long> version) {
    try {
      AtomixPolicyStore old = voter;
      PolicyImage last = old == null ? store.image() : old.retire().toCompletableFuture().join();
      PolicyImage begun =
          recovery.declare(order, last, new SecureRandom(), System.currentTimeMillis());
      log.error(
          "at operator {}'s order this node goes on alone with policy version {}; whoever voted"
              + " until now counts no more, and what only they knew is lost",
          order.operator().shortName(),
          last.snapshot().version());
      voter = null;
      follow(List.of(self), begun, old);
      directory.setAside();
      var unused =
          beginAlone(begun)
              .whenComplete(
                  (done, failure) -> {
                    if (failure == null) {
                      version.complete(begun.snapshot().version());
                    } else {
                      version.completeExceptionally(Recovery.failed(failure));
                    }
                  });
    } catch (PolicyException e) {
      recovering = false;
      version.completeExceptionally(e);
    } catch (IOException | RuntimeException e) {
      recovering = false;
      version.completeExceptionally(Recovery.failed(e));
    }
  }

  /** Becomes the only voter of an epoch that begins with that image; blocks on disk. */
  private CompletionStage<Void> beginAlone(PolicyImage image) throws IOException {
    String label = epochs.label();
    directory.createUnfinished();
    AtomixPolicyStore opened =
        ports
            .voters()
            .open(directory.path(), label, new TreeSet<>(), this::welcome, growth::gone, thread);
    if (!keepOpen(opened)) {
      return CompletableFuture.failedFuture(new IllegalStateException("closed"));
    }
    return opened
        .ready()
        .thenCompose(ready -> opened.begin(image))
        .thenAcceptAsync(
            begun -> {
              try {
                recovery.finish();
              } catch (IOException e) {
                throw new CompletionException(e);
              }
              votesIn = label;
              store.switchTo(opened); // What it begins with counts, whatever was shown before.
              recovering = false;
              countsOnlyIn(label, opened);
              log.warn("policy goes on with version {}", opened.snapshot().version());
            },
            blocking)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                log.error("policy is not recovered: {}; restart this node", failure.getMessage());
              }
            });
  }

  /** A voter that this node closes with itself; false where it is closed already. */
  private synchronized boolean keepOpen(AtomixPolicyStore opened) {
    if (closed) {
      opened.close();
      return false;
    }
    voter = opened;
    return true;
  }

  /** Gives a voter up that is of another epoch than the one that is known by now. */
  private void countsOnlyIn(String label, AtomixPolicyStore opened) {
    thread.execute(
        () -> {
          if (voter == opened && !label.equals(epochs.label())) {
            epochs.current().ifPresent(this::onEpoch);
          }
        });
  }

  /** Another node goes on alone: a vote of before counts no more. */
  private void onEpoch(EpochStatement epoch) {
    if (recovering) {
      return;
    }
    AtomixPolicyStore old = voter;
    if (old == null) {
      follower.onNewVoters(recovery.trusted(epoch));
      return;
    }
    voter = null;
    log.error(
        "node {} goes on alone (epoch {}): this node's vote on policy counts no more; its log: {}",
        epoch.node().shortName(),
        epoch.number(),
        directory.aside());
    giveUp(old, recovery.trusted(epoch), directory::setAside);
  }

  /** What becomes of a voter's directory. */
  @FunctionalInterface
  private interface Disposal {
    void run() throws IOException;
  }

  private void giveUp(AtomixPolicyStore old, List<NodeId> voters, Disposal disposal) {
    blocking.execute(
        () -> {
          try {
            follow(voters, old.image(), old);
            disposal.run();
          } catch (IOException e) {
            log.error("cannot follow policy in {}: {}", directory.path(), e.getMessage(), e);
          } finally {
            thread.execute(() -> opening = false);
          }
        });
  }

  /** Has a copy instead of a vote; blocks on disk. */
  private void follow(List<NodeId> voters, PolicyImage image, @Nullable AtomixPolicyStore old)
      throws IOException {
    FollowerPolicyStore.keep(copy, voters, image);
    follower = newFollower();
    store.switchTo(follower);
    if (old != null) {
      old.close();
    }
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
    AtomixPolicyStore opened;
    String label;
    try {
      if (!directory.exists()) {
        directory.create(epochs.label());
      }
      label = directory.label();
      opened =
          ports.voters().open(directory.path(), label, beside, this::welcome, growth::gone, thread);
    } catch (IOException | RuntimeException e) {
      log.error("this node cannot take its vote on policy: {}", e.getMessage(), e);
      thread.execute(() -> opening = false);
      return;
    }
    if (!keepOpen(opened)) {
      return;
    }
    countsOnlyIn(label, opened); // Another may have begun while it opened.
    follower.onVoters(List.copyOf(others(opened.status())));
    var unused =
        opened
            .ready()
            .whenComplete(
                (ready, failure) -> {
                  if (voter != opened) {
                    return; // Given up meanwhile.
                  }
                  if (failure != null) {
                    log.error("this node got no vote on policy: {}", failure.getMessage());
                    if (opened.beganAfresh()) {
                      blocking.execute(() -> discard(opened));
                    }
                  } else {
                    votesIn = label;
                    log.info("this node has a vote on policy");
                    store.switchOnceCaughtUp(opened, thread, () -> voter == opened);
                  }
                });
  }

  /** A vote that never came to be: the node may be asked again. */
  private void discard(AtomixPolicyStore opened) {
    synchronized (this) {
      if (closed || voter != opened) {
        return;
      }
      voter = null;
    }
    opened.close();
    try {
      directory.delete();
    } catch (IOException e) {
      log.error("cannot delete {}: {}", directory.path(), e.getMessage(), e);
    }
    thread.execute(() -> opening = false);
  }

  private void tick() {
    SortedMap<NodeId, Member> usable = new TreeMap<>(ports.membership().get().members());
    usable.values().removeIf(member -> !member.status().usable());
    PolicyStatus status = store.status();
    growth.see(usable.keySet(), status.voters());
    voterCopy.tick();
    AtomixPolicyStore asking = voter;
    if (asking != null && status.role() == Role.VOTER && status.ageNanos() >= LOST_NANOS) {
      // One of the others may lead, and know why.
      VoteQuestion.ask(ports.source(), others(status), voting -> hear(voting, asking));
    }
    boolean counted = status.voters().contains(self) && status.voters().size() > 1;
    if (status.role() == Role.FOLLOWER && counted && !opening) {
      // It votes as far as the voters know, but has lost its directory: it gives up and joins anew.
      open(others(status));
    }
    if (status.role() == Role.LEADER) {
      acquaintances.tell(usable.keySet(), epochs.current().isPresent());
      growth
          .next(status.voters(), VotersWanted.of(store.snapshot()))
          .ifPresent(step -> VoteChange.make(step, status.voters(), ports, voter));
    }
  }

  private void hear(Voting voting, AtomixPolicyStore asking) {
    if (!voting.voters().contains(self) && asking.isDecided(voting)) {
      thread.execute(() -> loseVote(asking, voting.voters()));
    }
  }

  /** While this node was away, its vote went to another: it follows, and may be asked again. */
  private void loseVote(AtomixPolicyStore old, List<NodeId> voters) {
    if (voter != old || recovering) {
      return;
    }
    voter = null;
    log.warn("this node lost its vote on policy while it was away; it follows from now on");
    giveUp(old, voters, directory::delete);
  }

  private boolean welcome(NodeId node) {
    return growth.welcome(node, store.status().voters());
  }

  @Override
  public void close() {
    AtomixPolicyStore waiting;
    synchronized (this) {
      closed = true;
      waiting = voter;
    }
    voterCopy.keep();
    store.close();
    if (waiting != null) {
      waiting.close();
    }
    thread.shutdown();
  }
}
