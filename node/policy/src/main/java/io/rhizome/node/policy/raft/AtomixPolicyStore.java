// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.policy.raft;

import io.atomix.cluster.MemberId;
import io.rhizome.gossip.NodeId;
import io.rhizome.node.policy.PolicyCodec;
import io.rhizome.node.policy.PolicyException;
import io.rhizome.node.policy.PolicyException.Code;
import io.rhizome.node.policy.PolicyImage;
import io.rhizome.node.policy.PolicySource.Voting;
import io.rhizome.node.policy.PolicyStatus;
import io.rhizome.node.policy.PolicyStore;
import io.rhizome.node.policy.PolicyWatcher;
import io.rhizome.node.policy.Proposal;
import io.rhizome.node.policy.ProposalGuard;
import io.rhizome.node.policy.raft.Proposer.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Policy of a node that has, or is getting, a vote. Thread rule: any; nothing blocks but {@link
 * #start} and {@link #close}, on disk.
 */
public final class AtomixPolicyStore implements PolicyStore {
  private static final int MAX_PROPOSALS = 256;
  private static final long RETRY_MILLIS = 50;
  private static final long LOST_NANOS = 1_000_000_000L;

  private final VoterConfig config;
  private final ScheduledExecutorService scheduler;
  private final LongSupplier nanoTime;
  private final Voter voter;
  private final Proposer proposer;
  private final Semaphore proposals = new Semaphore(MAX_PROPOSALS);
  private volatile boolean closed;

  private AtomixPolicyStore(
      VoterConfig config, ScheduledExecutorService scheduler, LongSupplier nanoTime, Voter voter) {
    this.config = config;
    this.scheduler = scheduler;
    this.nanoTime = nanoTime;
    this.voter = voter;
    this.proposer = new Proposer(voter.self(), voter.protocol(), voter.replica());
  }

  /**
   * Starts, and goes on with what the directory has; with nothing there, founds or joins as the
   * configuration says. {@link #ready} tells when it has its vote.
   *
   * @param transport this store serves it
   * @param guard asked before a proposal of any voter's is replicated
   * @param scheduler the caller's to stop, after this store is closed
   * @param nanoTime monotonic
   * @throws IOException where the directory cannot be used; the message says why
   */
  public static AtomixPolicyStore start(
      VoterConfig config,
      VoterTransport transport,
      ProposalGuard guard,
      ScheduledExecutorService scheduler,
      LongSupplier nanoTime)
      throws IOException {
    Voter voter = new Voter(config, transport, guard, scheduler, nanoTime);
    return new AtomixPolicyStore(config, scheduler, nanoTime, voter);
  }

  /**
   * Completes when this node has its vote and what it knows to be committed: after a restart, what
   * it applied before, whoever else can be reached.
   */
  public CompletionStage<Void> ready() {
    return voter.ready();
  }

  /** Whether its directory had nothing: where it got no vote, nothing is lost with that. */
  public boolean beganAfresh() {
    return voter.beganAfresh();
  }

  /** Gives up this node's vote; close it afterwards, and remove the directory. */
  public CompletionStage<Void> leave() {
    return voter.leave();
  }

  /**
   * Takes a dead voter's vote. Refused where the leader has not itself seen it dead.
   *
   * @return when the voters have agreed to it; or a failure, after which it may be tried again
   */
  public CompletionStage<Void> remove(NodeId dead) {
    return voter.remove(dead);
  }

  /**
   * Begins policy with that image, where this node founded it alone and nothing has been written.
   *
   * @return when it is committed; or a {@link PolicyException}, after which it may be tried again
   */
  public CompletionStage<Void> begin(PolicyImage image) {
    return new Restoring(voter, proposer, scheduler, image).start();
  }

  /**
   * Whether one that says who votes knows all that decides it here: it leads, is in touch with a
   * majority, and in the term of the leader by whose word this node has its vote, or a later one.
   * Another voter may not have heard of this node's vote yet.
   */
  public boolean isDecided(Voting voting) {
    return voting.current() && voting.leadsIn() >= Math.max(1, voter.configurationTerm());
  }

  /** How long a leader may be silent, at least, by the voters' round trips. */
  long electionMillis() {
    return voter.electionMillis();
  }

  /**
   * Takes no further part, for good; close it afterwards.
   *
   * @return all that its disk has, whether or not a majority was seen to have it
   */
  public CompletionStage<PolicyImage> retire() {
    return voter.retire();
  }

  @Override
  public CompletionStage<Long> propose(Proposal proposal) {
    byte[] encoded = PolicyCodec.encode(proposal);
    if (!proposals.tryAcquire()) {
      return failed(Code.NO_QUORUM, MAX_PROPOSALS + " proposals wait already; try again later");
    }
    Proposing proposing = new Proposing(encoded);
    proposing.next();
    return proposing.result.whenComplete((version, error) -> proposals.release());
  }

  /** One proposal's life: attempts until an answer or the limit. */
  private final class Proposing {
    private final byte[] encoded;
    private final long endNanos = nanoTime.getAsLong() + config.propose().toNanos();
    private final CompletableFuture<Long> result = new CompletableFuture<>();
    private volatile boolean sent;

    Proposing(byte[] encoded) {
      this.encoded = encoded;
    }

    void next() {
      Throwable cause = voter.failure().cause();
      if (cause != null || closed) {
        fail(Code.FAILED, cause == null ? "policy is closed" : "policy: " + cause.getMessage());
        return;
      }
      Optional<MemberId> leader = voter.leader();
      if (leader.isEmpty() || voter.outOfTouch(LOST_NANOS)) {
        retry("no leader is in touch with a majority");
        return;
      }
      var unused = proposer.attempt(leader.get(), encoded).thenAccept(this::onOutcome);
    }

    private void onOutcome(Outcome outcome) {
      if (outcome instanceof Outcome.Answered answered) {
        try {
          result.complete(Answer.read(answered.answer().toArray()));
        } catch (PolicyException e) {
          result.completeExceptionally(e);
        }
      } else if (outcome instanceof Outcome.Refused refused) {
        result.completeExceptionally(Answer.refusal(refused.why()));
      } else if (outcome instanceof Outcome.Failed failed) {
        sent |= failed.sent();
        retry(failed.why());
      }
    }

    private void retry(String why) {
      var unused =
          voter
              .missing()
              .thenAccept(missing -> retryWithout(missing, why))
              .exceptionally(
                  error -> {
                    result.completeExceptionally(error);
                    return null;
                  });
    }

    private void retryWithout(List<NodeId> missing, String why) {
      if (voter.cannotDecideWithout(missing)) {
        giveUp(
            ("no quorum (%d of %d voters unreachable: %s); bring a majority back, or if they are"
                    + " lost for good: rhizome policy recover --from NODE")
                .formatted(missing.size(), voter.voters().size(), missing));
      } else if (nanoTime.getAsLong() - endNanos >= 0) {
        giveUp("no answer in time: " + why);
      } else {
        var unused = scheduler.schedule(this::next, RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void giveUp(String why) {
      if (sent) {
        fail(Code.UNKNOWN, "it may or may not be committed; " + why);
      } else {
        fail(Code.NO_QUORUM, why);
      }
    }

    private void fail(Code code, String why) {
      result.completeExceptionally(new PolicyException(code, why));
    }
  }

  private static CompletionStage<Long> failed(Code code, String why) {
    return CompletableFuture.failedFuture(new PolicyException(code, why));
  }

  @Override
  public PolicyImage image() {
    return voter.replica().feed().image();
  }

  @Override
  public Runnable watch(long after, PolicyWatcher watcher) {
    return voter.replica().feed().watch(after, watcher);
  }

  @Override
  public PolicyStatus status() {
    return new PolicyStatus(
        voter.isLeader() ? PolicyStatus.Role.LEADER : PolicyStatus.Role.VOTER,
        List.copyOf(voter.voters()),
        voter.leader().map(id -> NodeId.parse(id.id())),
        voter.term(),
        snapshot().version(),
        voter.ageNanos());
  }

  @Override
  public void close() {
    closed = true;
    voter.close();
  }
}
