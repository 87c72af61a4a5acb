// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.cluster.RaftMember;
import io.atomix.protocols.raft.cluster.impl.DefaultRaftMember;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.rhizome.gossip.NodeId;
import java.time.Instant;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A voter whose disk was lost must not vote, or count, as the one it was: what it acknowledged is
 * gone, and with its help a majority could be made of voters that never knew. So a node that knows
 * nothing asks the voters first; where they still count it, it gives that vote up before it joins.
 */
final class LostVote {
  private static final Logger log = LoggerFactory.getLogger(LostVote.class);
  private static final long RETRY_MILLIS = 500;

  private final NodeId self;
  private final SortedSet<NodeId> seeds;
  private final Peers peers;
  private final RaftServerProtocol protocol;
  private final ScheduledExecutorService scheduler;
  private final VoterFailure failure;
  private final CompletableFuture<Void> free = new CompletableFuture<>();
  private volatile boolean closed;

  LostVote(
      VoterConfig config,
      Peers peers,
      RaftServerProtocol protocol,
      ScheduledExecutorService scheduler,
      VoterFailure failure) {
    this.self = config.self();
    this.seeds = config.seeds();
    this.peers = peers;
    this.protocol = protocol;
    this.scheduler = scheduler;
    this.failure = failure;
  }

  /** Completes when most of the seeds say that this node has no vote. */
  CompletableFuture<Void> givenUp() {
    ask();
    return free;
  }

  void close() {
    closed = true;
  }

  private void ask() {
    if (closed) {
      return;
    }
    var unused =
        peers
            .ask(seeds)
            .thenAccept(this::onAnswers)
            .exceptionally(
                error -> {
                  failure.fail(error);
                  return null;
                });
  }

  private void onAnswers(SortedMap<NodeId, SortedSet<NodeId>> answers) {
    boolean counted = answers.values().stream().anyMatch(voters -> voters.contains(self));
    if (!counted && answers.size() > seeds.size() / 2) {
      free.complete(null);
      return;
    }
    if (counted) {
      log.warn("this node had a vote and has lost its disk: it gives the vote up and joins anew");
      answers.keySet().forEach(this::leave);
    }
    var unused = scheduler.schedule(this::ask, RETRY_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Only the leader can; the others refuse to pass it on. */
  private void leave(NodeId voter) {
    DefaultRaftMember member =
        new DefaultRaftMember(
            MemberId.from(self.toString()), RaftMember.Type.ACTIVE, Instant.EPOCH);
    var unused =
        protocol.leave(
            MemberId.from(voter.toString()), LeaveRequest.builder().withMember(member).build());
  }
}
