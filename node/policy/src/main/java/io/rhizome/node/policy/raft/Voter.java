// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.RaftServer;
import io.atomix.protocols.raft.cluster.RaftClusterEvent;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.impl.RaftContext;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.RaftResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.storage.RaftStorage;
import io.atomix.protocols.raft.storage.snapshot.Snapshot;
import io.atomix.protocols.raft.storage.system.Configuration;
import io.atomix.storage.StorageException;
import io.atomix.storage.StorageLevel;
import io.atomix.utils.concurrent.ThreadModel;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.ProposalGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Atomix Raft server with its guards around it. Any thread; starting and closing block. */
final class Voter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Voter.class);
  private static final int SEGMENT_BYTES = 1 << 20;
  private static final int ENTRY_BYTES = 64 << 10;

  /**
   * The longest election time-out of a node without a vote. It elects nobody, but Atomix asks for a
   * vote again only after two of them: after a minute, where round trips are long.
   */
  private static final Duration JOINING = Duration.ofSeconds(4);

  private static final long CLOSE_SECONDS = 5;
  private static final long MEASURE_MILLIS = 1_000;

  private final VoterConfig config;
  private final ScheduledExecutorService executor;
  private final MemberId self;
  private final VoterFailure failure = new VoterFailure();
  private final PolicyReplica replica;
  private final Contacts protocol;
  private final EarlyVote early;
  private final RaftContext raft;
  private final Peers peers;
  private final Pace pace;
  private final ScheduledFuture<?> measuring;
  private final LostVote lostVote;
  private final CommittedFile committed;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile @Nullable Leaving leaving;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final boolean afresh;

  Voter(
      VoterConfig config,
      VoterTransport transport,
      ProposalGuard guard,
      ScheduledExecutorService executor,
      LongSupplier nanoTime)
      throws IOException {
    this.config = config;
    this.executor = executor;
    this.self = MemberId.from(config.self().toString());
    LogForce.createDirectories(config.directory());
    TornTail.report(config.directory());
    LogForce force = new LogForce(config.directory(), failure);
    committed = new CommittedFile(config.directory().resolve("committed"));
    replica =
        new PolicyReplica(
            force, failure, this::snapshotIndex, this::appliedIndex, this::saveCommitted);
    Senders senders = new Senders(config.self(), this::isMember, config.mayVote(), config.dead());
    pace = new Pace(config.election());
    RaftWire wire =
        new RaftWire(
            config.self(),
            transport,
            senders,
            executor,
            () -> pace.callNanos(config.call().toNanos()));
    VoteFile votes = new VoteFile(config.directory().resolve("votes"), failure);
    early = new EarlyVote(guarded(wire, guard, force, votes));
    NoStaleEntry entries = new NoStaleEntry(early);
    protocol = new Contacts(entries, nanoTime);
    peers = new Peers(transport, this::others, nanoTime, pace);
    UnforcedSegments.remove(config.directory());
    raft = open();
    afresh = raft.getCluster().getConfiguration() == null;
    entries.guard(raft);
    early.guard(raft);
    raft.getCluster().addListener(this::onMembers);
    failure.onFailure(() -> executor.execute(this::close));
    lostVote = new LostVote(config, peers, protocol, executor, failure);
    measuring =
        executor.scheduleWithFixedDelay(
            () -> peers.measure(this::onMeasured),
            MEASURE_MILLIS,
            MEASURE_MILLIS,
            TimeUnit.MILLISECONDS);
    begin(() -> transport.serve(Peers.answering(this::voters, wire::handle)));
  }

  private RaftServerProtocol guarded(
      RaftWire wire, ProposalGuard guard, LogForce force, VoteFile votes) {
    RaftServerProtocol forced =
        new ForcedLog(wire, force, task -> raft.getThreadContext().execute(task));
    RaftServerProtocol commands =
        new GuardedCommands(forced, guard, () -> replica.feed().image().snapshot(), force);
    RaftServerProtocol voting = new OneVotePerTerm(commands, config.self(), votes);
    RaftServerProtocol members = new SameConfiguration(voting, this::configuration);
    return new StepDownFirst(new NoLostTail(new NoLostAnswer(new NoStaleCommit(members))));
  }

  private @Nullable Configuration configuration() {
    return raft.getCluster().getConfiguration();
  }

  private RaftContext open() throws IOException {
    try {
      RaftStorage storage =
          RaftStorage.builder()
              .withPrefix(PolicyReplica.NAME)
              .withDirectory(config.directory().toFile())
              .withStorageLevel(StorageLevel.DISK)
              .withNamespace(RaftNamespaces.RAFT_STORAGE)
              .withMaxSegmentSize(SEGMENT_BYTES)
              .withMaxEntrySize(ENTRY_BYTES)
              .withDynamicCompaction(false)
              .build();
      RaftContext opened =
          new RaftContext(
              PolicyReplica.NAME,
              self,
              new OnlySelf(self),
              protocol,
              storage,
              new OnlyPolicy(replica),
              ThreadModel.SHARED_THREAD_POOL.factory("raft-policy-%d", 1, log),
              true);
      opened.setElectionTimeout(config.election());
      opened.setHeartbeatInterval(config.heartbeat());
      return opened;
    } catch (StorageException e) {
      throw new IOException(
          "policy cannot be kept in %s, is it another node's? %s".formatted(config.directory(), e),
          e);
    }
  }

  /** Atomix reads it each time it waits for a leader, and when one begins to lead. */
  private void onMeasured() {
    Duration election = hasVote() ? pace.election() : shorter(pace.election(), JOINING);
    if (!closed.get() && !election.equals(raft.getElectionTimeout())) {
      log.info("a leader of policy may be silent for {} ms now", election.toMillis());
      raft.getThreadContext().execute(() -> raft.setElectionTimeout(election));
    }
  }

  private boolean hasVote() {
    return raft.getCluster().getMember().getType() == RaftMember.Type.ACTIVE;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void begin(Runnable serve) throws IOException {
    long known = committed.load();
    raft.getThreadContext().execute(() -> applyKnown(known));
    boolean hadVote = hasVote();
    raft.awaitState(
        RaftContext.State.READY,
        state -> {
          ready.complete(null);
          raft.getThreadContext().execute(this::windUp);
        });
    if ((!afresh && hadVote) || config.seeds().isEmpty()) {
      serve.run();
      onError(raft.getCluster().bootstrap(List.of(self)));
      raft.getThreadContext().execute(this::leadAlone);
      return;
    }
    CompletableFuture<Void> free =
        afresh ? lostVote.givenUp() : CompletableFuture.completedFuture(null);
    Join join = new Join(raft, ids(config.seeds()), early, executor, closed::get);
    onError(
        free.thenCompose(
            unused -> {
              serve.run();
              return afresh ? join.inTime(ready) : join.patiently();
            }));
  }

  /** Entries that were committed before this start need nobody's word. */
  private void applyKnown(long known) {
    long index = Math.min(known, raft.getLogWriter().getLastIndex());
    if (index > 0) {
      raft.setCommitIndex(index);
      raft.getServiceManager().applyAll(index);
    }
  }

  private void saveCommitted(long index) {
    try {
      committed.save(index);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in " + config.directory(), e);
    }
  }

  private static List<MemberId> ids(Collection<NodeId> nodes) {
    return nodes.stream().map(node -> MemberId.from(node.toString())).toList();
  }

  private void onError(CompletableFuture<Void> step) {
    var unused =
        step.exceptionally(
            error -> {
              failure.fail(error);
              ready.completeExceptionally(error);
              return null;
            });
  }

  /**
   * Atomix lets a follower's election timer run out for good if that happens before it has applied
   * what it knows to be committed: it would never stand for election. Any append winds the timer up
   * again, one of no term too, which changes nothing else.
   */
  private void windUp() {
    if (raft.getRole() == RaftServer.Role.FOLLOWER && raft.getTerm() > 0) {
      var unused = raft.getRaftRole().onAppend(new AppendRequest(0, self.id(), 0, 0, List.of(), 0));
    }
  }

  /** A lone voter need not wait for anybody's heartbeat. */
  private void leadAlone() {
    if (others().isEmpty() && raft.getRole() == RaftServer.Role.FOLLOWER) {
      raft.transition(RaftServer.Role.CANDIDATE);
    }
  }

  MemberId self() {
    return self;
  }

  RaftServerProtocol protocol() {
    return protocol;
  }

  PolicyReplica replica() {
    return replica;
  }

  VoterFailure failure() {
    return failure;
  }

  boolean beganAfresh() {
    return afresh;
  }

  CompletableFuture<Void> ready() {
    return ready.copy();
  }

  Optional<MemberId> leader() {
    return Optional.ofNullable(raft.getLeader()).map(DefaultRaftMember::memberId);
  }

  boolean isLeader() {
    return raft.getRole() == RaftServer.Role.LEADER;
  }

  long term() {
    return raft.getTerm();
  }

  /** The term of the leader whose word it is who votes; 0 where none has said it yet. */
  long configurationTerm() {
    Configuration known = configuration();
    return known == null ? 0 : known.term();
  }

  /** Who has a vote. */
  SortedSet<NodeId> voters() {
    SortedSet<NodeId> voters = new TreeSet<>();
    for (RaftMember member : raft.getCluster().getMembers()) {
      if (member.getType() == RaftMember.Type.ACTIVE) {
        voters.add(NodeId.parse(member.memberId().id()));
      }
    }
    return voters;
  }

  private SortedSet<NodeId> others() {
    SortedSet<NodeId> others = voters();
    others.remove(config.self());
    return others;
  }

  /** Whether those that are missing leave no majority. */
  boolean cannotDecideWithout(Collection<NodeId> missing) {
    int all = voters().size();
    return all - missing.size() < all / 2 + 1;
  }

  CompletableFuture<List<NodeId>> missing() {
    return peers.missing();
  }

  /** As {@link io.rhizome.node.policy.PolicyStatus#ageNanos}. */
  long ageNanos() {
    return isLeader() ? protocol.sinceMajorityNanos(ids(others())) : protocol.sinceLedNanos();
  }

  long electionMillis() {
    return raft.getElectionTimeout().toMillis();
  }

  /**
   * Whether this voter has not been in touch with a majority for longer than round trips explain.
   */
  boolean outOfTouch(long leastNanos) {
    return ageNanos() > pace.callNanos(leastNanos);
  }

  private boolean isMember(NodeId node) {
    MemberId member = MemberId.from(node.toString());
    return node.equals(config.self())
        || raft.getCluster().getMember(member) != null
        || new Leaving(member, raft.getTerm()).equals(leaving);
  }

  /** A leader that gives its vote up leads until that is committed. */
  private record Leaving(MemberId leader, long term) {}

  private void onMembers(RaftClusterEvent event) {
    MemberId member = event.subject().memberId();
    if (event.type() == RaftClusterEvent.Type.LEAVE && member.equals(protocol.lastLeader())) {
      leaving = new Leaving(member, raft.getTerm());
    }
  }

  private long snapshotIndex() {
    Snapshot snapshot = raft.getSnapshotStore().getCurrentSnapshot();
    return snapshot == null ? 0 : snapshot.index();
  }

  private long appliedIndex() {
    return raft.getLastApplied();
  }

  CompletableFuture<Void> leave() {
    return raft.getCluster().leave();
  }

  CompletableFuture<Void> remove(NodeId dead) {
    Optional<MemberId> leader = leader();
    if (leader.isEmpty()) {
      return CompletableFuture.failedFuture(new IllegalStateException("no leader is known"));
    }
    DefaultRaftMember member =
        new DefaultRaftMember(
            MemberId.from(dead.toString()), RaftMember.Type.ACTIVE, Instant.EPOCH);
    return protocol
        .leave(leader.get(), LeaveRequest.builder().withMember(member).build())
        .thenCompose(
            response ->
                response.status() == RaftResponse.Status.OK
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(
                        new IllegalStateException("not removed: " + response.error())));
  }

  /**
   * Speaks no more, and takes for committed whatever is in its log: for where nobody will say what
   * was. An entry that a lost majority acknowledged may be here without this voter having been
   * told.
   */
  CompletableFuture<PolicyImage> retire() {
    CompletableFuture<Void> applied = new CompletableFuture<>();
    raft.getThreadContext()
        .execute(
            () -> {
              raft.transition(RaftServer.Role.INACTIVE);
              long index = raft.getLogWriter().getLastIndex();
              if (index <= raft.getLastApplied()) {
                applied.complete(null);
                return;
              }
              raft.setCommitIndex(index);
              var unused =
                  raft.getServiceManager()
                      .apply(index)
                      .whenComplete((result, error) -> applied.complete(null));
            });
    return applied
        .completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS)
        .thenApply(done -> replica.feed().image());
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    failure.close();
    measuring.cancel(false);
    lostVote.close();
    ready.completeExceptionally(new IllegalStateException("closed"));
    CompletableFuture<Void> inactive = new CompletableFuture<>();
    raft.getThreadContext()
        .execute(
            () -> {
              try {
                raft.transition(RaftServer.Role.INACTIVE);
              } finally {
                inactive.complete(null);
              }
            });
    try {
      inactive.get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("the voter is closed while it is busy: {}", e.toString());
    }
    raft.getCluster().close();
    raft.close();
    try {
      committed.close();
    } catch (IOException e) {
      log.warn("cannot close the voter's files: {}", e.toString());
    }
  }
}
